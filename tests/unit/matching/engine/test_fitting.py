"""Interactions, closed-form models, and that the same data give the same bytes."""

from datetime import timedelta

import numpy as np
import pytest

from services.matching.engine import ease, item_knn, learned, popularity, rp3beta
from services.matching.engine.interactions import Interaction, gather, strengths
from services.matching.engine.logistic import Logistic
from services.matching.engine.model import Model, fit, read
from services.matching.engine.neighbours import cut, strongest
from tests.unit.matching.engine.made import NOW, interactions, taste_matrix


def test_a_deed_weighs_half_after_ninety_days_and_an_application_more_than_any_looking() -> None:
    fresh = strengths([Interaction("r", "o", "apply", NOW)], NOW)
    old = strengths([Interaction("r", "o", "apply", NOW - timedelta(days=90))], NOW)
    looked = strengths([Interaction("r", "o", "view", NOW - timedelta(days=d)) for d in range(50)], NOW)
    assert (fresh["o"], old["o"], looked["o"]) == (8.0, 4.0, 1.0)
    assert strengths([Interaction("r", "o", "view", NOW + timedelta(days=9))], NOW) == {"o": 1.0}


def test_the_matrix_is_the_same_whatever_the_order_deeds_come_in() -> None:
    deeds = interactions(1)
    one, other = gather(deeds, NOW), gather(deeds[::-1], NOW)
    assert one.residents == other.residents == tuple(sorted({d.resident_id for d in deeds}))
    assert one.x.data.tobytes() == other.x.data.tobytes()
    assert one.x.indices.tobytes() == other.x.indices.tobytes()
    of_first = strengths([d for d in deeds if d.resident_id == one.residents[0]], NOW)
    row = one.x[[0]].toarray()[0]
    assert of_first == pytest.approx({one.offers[j]: row[j] for j in np.flatnonzero(row)}, rel=1e-6)


def test_ease_solves_what_it_says_it_solves() -> None:
    x = taste_matrix(3, 60, 20)
    weights = ease.fit(x, ridge=5.0)
    assert not np.diag(weights).any()
    # stationary: the gradient of |X - XB|^2 + ridge |B|^2 vanishes off the diagonal (Steck 2019, equation 5)
    dense = x.toarray().astype(np.float64)
    gradient = dense.T @ (dense @ weights - dense) + 5.0 * weights
    assert np.abs(gradient - np.diag(np.diag(gradient))).max() < 1e-3
    with pytest.raises(ValueError, match="positive"):
        ease.fit(x, ridge=0)


def test_rp3beta_is_the_walk_written_out() -> None:
    x = taste_matrix(4, 30, 12)
    dense = x.toarray().astype(np.float64)
    by_user, by_item = dense.sum(1), dense.sum(0)
    expected = np.zeros((12, 12))
    for i in range(12):
        for j in range(12):
            if i != j and by_item[i] and by_item[j]:
                walked = sum(
                    dense[u, i] / by_item[i] * dense[u, j] / by_user[u] for u in range(30) if by_user[u]
                )
                expected[i, j] = walked / by_item[j] ** 0.4
    assert rp3beta.fit(x).toarray() == pytest.approx(expected, rel=1e-5)


def test_item_knn_is_the_shrunk_cosine() -> None:
    dense = taste_matrix(5, 30, 12).toarray().astype(np.float64)
    length = np.sqrt((dense**2).sum(0))
    expected = dense.T @ dense / (np.outer(length, length) + 10)
    np.fill_diagonal(expected, 0)
    assert item_knn.fit(taste_matrix(5, 30, 12)).toarray() == pytest.approx(expected, rel=1e-5)
    assert popularity.fit(taste_matrix(5, 30, 12)).tolist() == dense.sum(0).tolist()


def test_a_cut_keeps_the_strongest_and_of_equal_ones_the_first() -> None:
    weights = np.array([[0, 1, 2, 2, 2, -3]], np.float32)
    assert strongest(weights, 3).tolist() == [[False, False, True, True, False, True]]
    square = np.ones((600, 600), np.float32)
    kept = cut(square, 2)
    assert kept[[0]].indices.tolist() == [1, 2]
    assert kept[[599]].indices.tolist() == [0, 1]
    assert not kept.diagonal().any()


def test_the_same_deeds_give_the_same_bytes_again_and_again() -> None:
    hashes = set()
    for turn in range(5):
        deeds = interactions(2, 800)
        model = fit(gather(deeds if turn % 2 else deeds[::-1], NOW), Logistic({"hours": 0.25}, 3))
        assert model is not None
        hashes.add(model.hash)
    assert len(hashes) == 1
    other = fit(gather(interactions(6, 800), NOW))
    assert other is not None
    assert other.hash not in hashes


def test_a_model_is_read_back_as_it_was_written() -> None:
    model = fit(gather(interactions(2), NOW), Logistic({"hours": 0.1 + 0.2}, 3))
    assert model is not None
    again = read(model.canonical)
    assert (again.offers, again.logistic, again.hash) == (model.offers, model.logistic, model.hash)
    assert (again.weights != model.weights).nnz == 0
    for broken in (b"", b"\x02\x00\x00\x00{}", model.canonical[:-8], b"\xff" * 40):
        with pytest.raises(ValueError):
            read(broken)


def test_nothing_is_learned_from_a_handful_of_people() -> None:
    assert fit(gather([], NOW)) is None
    assert fit(gather([Interaction(f"r{n}", f"o{n}", "save", NOW) for n in range(4)], NOW)) is None


def fitted(seed: int) -> Model:
    model = fit(gather(interactions(seed, 600), NOW))
    assert model is not None
    return model


def test_what_a_model_says_is_the_product_within_bounds() -> None:
    model = fitted(8)
    own = {model.offers[3]: 4.0, model.offers[1]: 1.0, "ofr_unknown": 2.0}
    said = learned.said(model, own)
    assert said is not None
    raw = model.weights[[3]].toarray()[0] * 4.0 + model.weights[[1]].toarray()[0]
    expected = raw / np.abs(raw).max() * (7 / 12)
    assert said.shares(np.arange(-1, len(model.offers))) == pytest.approx([0, *expected], rel=1e-5)
    assert [said.share(offer) for offer in model.offers] == said.shares(np.arange(len(model.offers))).tolist()
    assert said.share("ofr_unknown") == 0
    assert learned.said(model, {}) is None
    assert learned.said(model, {"ofr_unknown": 1.0}) is None


def test_the_reason_behind_a_learned_term_is_the_offer_that_says_most() -> None:
    model = fitted(8)
    dense = model.weights.toarray()
    target = int(np.argmax(dense[0]))
    assert (
        learned.nearest(model, {model.offers[0]: 100.0, model.offers[1]: 1e-9}, model.offers[target])
        == (model.offers[0])
    )
    assert learned.nearest(model, {"ofr_unknown": 1.0}, model.offers[target]) is None
    assert learned.nearest(model, {model.offers[0]: 1.0}, "ofr_unknown") is None
