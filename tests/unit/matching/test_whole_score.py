"""The whole score, whatever is switched on and however far it is turned up: filters hold, reasons sum, a slate can be made again."""

import dataclasses
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import bson
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.eligibility import obstacles
from services.matching.engine.blend import LOOKED_AT, Blend, Circumstances
from services.matching.engine.explore import WHOLE
from services.matching.engine.exposure import Seen
from services.matching.engine.interactions import Interaction, gather
from services.matching.engine.logistic import Logistic
from services.matching.engine.model import Model, fit
from services.matching.norms import norms_of
from services.matching.offer import Offer
from services.matching.policy import EVERYTHING_OFF, PUSHED_AT_MOST, Policy, Push
from services.matching.questionnaire import Wishes
from services.matching.replay import replay, replay_terms
from services.matching.seeker import Seeker
from services.matching.shelf import Shelf
from services.matching.slate import Slate, propose
from services.matching.snapshot import PARTS, digest, read_part
from services.matching.store.slates import _slate_document, _slate_of
from services.matching.values import CALLINGS, Profile
from services.matching.why_not import why_not
from services.matching.wording import OBSTACLES, term_text
from shared.clock import TOKYO
from tests.unit.matching.builders import NOW, a_seeker, an_offer, offer_lists, seekers

TODAY = NOW.astimezone(TOKYO).date()
IDS = [f"ofr_{n}" for n in range(12)]


def taught() -> Model:
    """Everybody who is interested in one offer is so in the next."""
    done = [
        Interaction(f"res_{n}", offer, "save", NOW)
        for n in range(24)
        for offer in (IDS[n % 12], IDS[(n + 1) % 12])
    ]
    logistic = Logistic(dict.fromkeys(sorted(LOOKED_AT), 3.5), 99)
    model = fit(gather(done, NOW), logistic)
    assert model is not None
    return model


MODEL = taught()
pushes = st.builds(
    Push,
    st.just("見本"),
    st.integers(1, 100),
    st.just(("P",)),
    st.just(("夜",)),
    st.dates(TODAY, date(2030, 1, 1)),
)
policies = st.builds(
    Policy,
    st.booleans(),
    st.integers(0, WHOLE),
    st.integers(0, 200),
    st.booleans(),
    st.lists(pushes, max_size=3).map(tuple),
)
seen = st.builds(Seen, st.integers(1, 5), st.floats(0, 100), st.integers(0, 20).map(float))
callings = st.dictionaries(st.sampled_from(CALLINGS), st.floats(0, 1))


@st.composite
def rich_offers(draw: st.DrawFn) -> list[Offer]:
    """Offers with every condition that a person may have something to say to."""
    return [
        dataclasses.replace(
            offer,
            company_id=draw(st.sampled_from(("com_1", "com_2", "com_3"))),
            interests=draw(callings),
            expires_on=draw(st.none() | st.dates(TODAY - timedelta(2), TODAY + timedelta(2))),
            open_places=draw(st.none() | st.integers(0, 2)),
            industry_code=draw(st.sampled_from((None, "P83", "E"))),
            employment_form=draw(st.sampled_from((None, "part_time", "full_time"))),
            licences=draw(st.sampled_from(((), ("普通免許",)))),
            accommodations=draw(st.sampled_from(((), ("quiet",), ("quiet", "text_only")))),
            lat=draw(st.none() | st.floats(35, 36)),
            lng=draw(st.none() | st.floats(134, 136)),
            work_days_a_week=draw(st.none() | st.integers(1, 6)),
            unsaid=draw(st.sampled_from(((), ("hours",), ("days",)))),
            state=draw(
                st.sampled_from(("published", "published", "published", "paused", "closed", "expired"))
            ),
        )
        for offer in draw(offer_lists())
    ]


@st.composite
def rich_seekers(draw: st.DrawFn) -> Seeker:
    seeker = draw(seekers)
    wishes = dataclasses.replace(
        seeker.wishes,
        kinds=draw(st.sampled_from(((), ("job",), ("trial_work",)))),
        employment_forms=draw(st.sampled_from(((), ("part_time",)))),
        days_a_week=draw(st.none() | st.integers(1, 6)),
        max_km=draw(st.none() | st.floats(1, 100)),
        licences=draw(st.sampled_from((None, (), ("普通免許",)))),
        accommodations=draw(st.sampled_from(((), ("quiet",)))),
        skills=draw(st.sampled_from(((), ("夜", "在宅")))),
        learning=draw(st.booleans()),
        remote_only=draw(st.booleans()),
    )
    return dataclasses.replace(
        seeker,
        wishes=wishes,
        callings=draw(callings),
        history=draw(st.dictionaries(st.sampled_from(IDS), st.floats(0.01, 21))),
        at=draw(st.none() | st.just((35.2, 134.5))),
        shown=draw(st.frozensets(st.sampled_from(IDS), max_size=2)),
    )


def circumstances(offers: Sequence[Offer], policy: Policy, companies: dict[str, Seen]) -> Circumstances:
    return Circumstances(
        policy, norms_of(offers), MODEL if policy.learning else None, companies, 3, frozenset(IDS[:2])
    )


states = st.dictionaries(st.sampled_from(("com_1", "com_2", "com_3")), seen)


@settings(max_examples=80, deadline=None)
@given(rich_seekers(), rich_offers(), policies, states, st.integers(1, 12))
def test_no_hard_condition_is_ever_violated_whatever_is_turned_up(
    seeker: Seeker, offers: list[Offer], policy: Policy, companies: dict[str, Seen], size: int
) -> None:
    slate, _ = propose("slt_1", seeker, offers, size, NOW, circumstances(offers, policy, companies))
    wishes = seeker.wishes
    for proposal in slate.proposals:
        offer = proposal.offer
        assert offer.state == "published"
        assert offer.expires_on is None or offer.expires_on >= TODAY
        assert offer.open_places != 0
        assert offer.id not in seeker.dismissed
        assert offer.remote or offer.municipality_code in seeker.areas
        assert not wishes.wage_floor or (offer.hourly_wage_yen or 0) >= wishes.wage_floor
        assert not (wishes.days_a_week and offer.work_days_a_week) or (
            offer.work_days_a_week <= wishes.days_a_week
        )
        assert wishes.licences is None or set(offer.licences) <= set(wishes.licences)
        assert set(wishes.accommodations) <= set(offer.accommodations)
        assert not wishes.kinds or offer.kind in wishes.kinds
        assert offer.remote or not wishes.remote_only
        assert offer.id not in seeker.shown
    assert sum(slate.counted.values()) == len(slate.excluded)
    assert all(set(e.obstacles) <= set(OBSTACLES) for e in slate.excluded)


@settings(max_examples=80, deadline=None)
@given(rich_seekers(), rich_offers(), policies, states, st.integers(1, 12))
def test_reasons_sum_to_the_score_and_can_be_said_whatever_is_turned_up(
    seeker: Seeker, offers: list[Offer], policy: Policy, companies: dict[str, Seen], size: int
) -> None:
    slate, _ = propose("slt_1", seeker, offers, size, NOW, circumstances(offers, policy, companies))
    for proposal in slate.proposals:
        assert sum(term.contribution for term in proposal.terms) == proposal.score
        assert len({term.code for term in proposal.terms}) == len(proposal.terms)
        assert all(
            isinstance(t.contribution, int) and t.contribution and term_text(t) for t in proposal.terms
        )
        by_code = {term.code: term.contribution for term in proposal.terms}
        assert 0 <= by_code.get("exposure.little", 0) <= policy.exposure
        assert 0 <= by_code.get("push.declared", 0) <= PUSHED_AT_MOST
        assert proposal.drawn or "exploration.lot" not in by_code
        assert 0 < proposal.propensity <= 1
        if not (policy.learning and seeker.wishes.learning):
            assert not any(code.startswith("learned.") for code in by_code)
    scores = [p.score for p in slate.proposals]
    assert scores == sorted(scores, reverse=True)


def stored(slate: Slate) -> Slate:
    """As it comes back from the database."""
    document: dict[str, Any] = bson.decode(
        bson.encode({"_id": slate.id, **_slate_document(slate)}), bson.CodecOptions(tz_aware=True)
    )
    return _slate_of(document)


def shelved(offers: list[Offer]) -> tuple[str, list[Offer]]:
    """The snapshot's hash, and the offers as they are read from it."""
    columns = Shelf(offers).columns
    read = [offer for number in range(PARTS) for offer in read_part(columns.part(number))]
    return columns.snapshot().hash, sorted(read, key=lambda o: o.id)


@settings(max_examples=60, deadline=None)
@given(rich_seekers(), rich_offers(), policies, states, st.integers(1, 12))
def test_a_slate_made_again_from_what_was_kept_is_the_same_to_the_last_bit(
    seeker: Seeker, offers: list[Offer], policy: Policy, companies: dict[str, Seen], size: int
) -> None:
    shelf = Shelf(offers)
    given_then = circumstances(shelf.offers, policy, companies)
    hash_then, kept = shelved(offers)
    slate, _ = propose("slt_1", seeker, shelf.offers, size, NOW, given_then, hash_then)
    again = replay(stored(slate), kept, MODEL if policy.learning else None)
    assert again.differences == ()
    assert again.whole


def test_what_differs_is_named() -> None:
    offers = [an_offer(f"ofr_{n}", values={"balance": n / 12}) for n in range(6)]
    seeker = a_seeker(profile=Profile({"balance": 1.0}))
    slate, _ = propose(
        "slt_1", seeker, offers, 3, NOW, circumstances(offers, EVERYTHING_OFF, {}), shelved(offers)[0]
    )
    assert replay(slate, offers, None).identical
    changed = [dataclasses.replace(o, values={"balance": 0.99}) if o.id == "ofr_0" else o for o in offers]
    differences = replay(slate, changed, None).differences
    assert differences[:3] == ("basis", "inputs", "rank 1: ofr_5, now ofr_0")
    assert "passed over" in differences
    forged = dataclasses.replace(slate.proposals[0], score=1)
    assert replay(
        dataclasses.replace(slate, proposals=(forged, *slate.proposals[1:])), offers, None
    ).differences == ("score of ofr_5",)


A_BIT = 1e-9


def nudged(slate: Slate, **fields: Any) -> Slate:
    """With other fields in its seeker, its basis, or in itself."""
    parts: dict[str, dict[str, Any]] = {"seeker": {}, "basis": {}, "slate": {}}
    for name, value in fields.items():
        part, _, field = name.partition("__")
        parts[part][field] = value
    assert slate.basis is not None
    return dataclasses.replace(
        slate,
        seeker=dataclasses.replace(slate.seeker, **parts["seeker"]),
        basis=dataclasses.replace(slate.basis, **parts["basis"]),
        **parts["slate"],
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"seeker__profile": Profile({"balance": 0.7 + A_BIT})},
        {"seeker__callings": {"social": 0.6 + A_BIT}},
        {"seeker__history": {"ofr_4": 8.0 + A_BIT}},
        {"seeker__wishes": Wishes(days_a_week=6)},
        {"seeker__at": (35.0, 134.0 + A_BIT)},
        {"seeker__dismissed": frozenset({"ofr_nowhere"})},
        {"basis__policy": Policy(learning=True, exposure=101)},
        {"basis__companies": {"com_1": Seen(1, 3.0 + A_BIT, 1.0)}},
        {"basis__standing": 5},
        {"basis__crowded": frozenset({"ofr_nowhere"})},
        {"basis__model_hash": "0" * 64},
        {"basis__snapshot": "0" * 64},
        {"slate__id": "slt_2"},
        {"slate__created_at": NOW + timedelta(milliseconds=1)},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_change_that_is_too_small_to_move_a_point_is_found_when_a_slate_is_made_again(
    fields: dict[str, Any],
) -> None:
    slate, kept = a_learned_slate()
    assert replay(slate, kept, MODEL).identical
    assert not replay(stored(nudged(slate, **fields)), kept, MODEL).identical


def test_a_change_of_an_offer_or_of_the_model_that_is_too_small_to_move_a_point_is_found() -> None:
    slate, kept = a_learned_slate()
    worse = [dataclasses.replace(kept[0], values={"balance": kept[0].values["balance"] + A_BIT}), *kept[1:]]
    assert replay(slate, worse, MODEL).differences == ("basis", "inputs")
    weights = MODEL.weights.copy()
    weights.data[0] = np.nextafter(weights.data[0], np.float32(0))
    assert "inputs" in replay(slate, kept, Model(MODEL.offers, weights, MODEL.logistic)).differences


def a_learned_slate() -> tuple[Slate, list[Offer]]:
    offers = [an_offer(offer, values={"balance": n / 24}) for n, offer in enumerate(IDS)]
    seeker = a_seeker(
        profile=Profile({"balance": 0.7}),
        callings={"social": 0.6},
        history={"ofr_4": 8.0},
        at=(35.0, 134.0),
    )
    found, kept = shelved(offers)
    state = circumstances(offers, Policy(learning=True, exposure=100), {"com_1": Seen(1, 3.0, 1.0)})
    return propose("slt_1", seeker, offers, 3, NOW, state, found)[0], kept


OLD_FIELDS = {"basis", "counted", "inputs"}


def test_a_slate_from_before_anything_was_learned_stays_readable_and_is_checked_by_its_terms() -> None:
    offers = [an_offer("ofr_1", values={"balance": 0.9}), an_offer("ofr_2", state="closed")]
    seeker = a_seeker(profile=Profile({"balance": 1.0, "reward": 0.3}))
    slate, _ = propose("slt_1", seeker, offers, 3, NOW)
    document: dict[str, Any] = {"_id": "slt_1", **_slate_document(slate), "model": "additive-1"}
    for name in OLD_FIELDS:
        del document[name]
    for name in ("callings", "history", "at"):
        del document["seeker"][name]
    for name in ("kinds", "licences", "skills", "learning", "accommodations", "max_km", "days_a_week"):
        del document["seeker"]["wishes"][name]
    for proposal in document["proposals"]:
        del proposal["propensity"], proposal["drawn"]
        for name in ("version", "interests", "expires_on", "licences", "accommodations", "source"):
            del proposal["offer"][name]
    old = _slate_of(document)
    assert (old.proposals, old.counted, old.model) == (slate.proposals, {"closed": 1}, "additive-1")
    assert replay_terms(old).identical
    assert not replay_terms(old).whole
    document["proposals"][0]["terms"][0]["contribution"] += 1
    assert replay_terms(_slate_of(document)).differences == ("terms of ofr_1",)


def test_a_snapshot_changes_only_where_an_offer_did() -> None:
    shelf = Shelf(an_offer(f"ofr_{n}") for n in range(200))
    before = shelf.columns.snapshot()
    assert shelf.columns.snapshot() == before
    shelf.put(an_offer("ofr_7", hourly_wage_yen=1300, version=2))
    after = shelf.columns.snapshot()
    assert after.hash != before.hash
    assert len(set(after.parts) - set(before.parts)) == 1
    shelf.put(an_offer("ofr_7", hourly_wage_yen=900, version=1))
    assert shelf.columns.snapshot() == after
    assert Shelf(reversed(shelf.offers)).columns.snapshot() == after
    assert [digest(shelf.columns.part(number)) for number in range(PARTS)] == list(after.parts)


def test_who_wants_nothing_learned_is_proposed_the_same_with_and_without_a_model() -> None:
    offers = [an_offer(offer) for offer in IDS]
    seeker = a_seeker(wishes=Wishes(learning=False), history={IDS[0]: 8.0})
    learning = Policy(learning=True)
    with_model = propose("slt_1", seeker, offers, 3, NOW, circumstances(offers, learning, {}))[0]
    without = propose("slt_1", seeker, offers, 3, NOW)[0]
    assert with_model.proposals == without.proposals


def test_what_others_with_the_same_interests_chose_comes_first_and_says_so() -> None:
    offers = [an_offer(offer) for offer in IDS]
    seeker = a_seeker(history={IDS[4]: 8.0})
    slate, _ = propose("slt_1", seeker, offers, 2, NOW, circumstances(offers, Policy(learning=True), {}))
    assert {p.offer.id for p in slate.proposals} == {IDS[3], IDS[5]}
    assert {"because": IDS[4]} in [dict(reason.facts) for reason in slate.proposals[0].reasons]


def test_a_company_that_was_seen_less_than_its_due_comes_first_among_equals_unless_it_is_crowded() -> None:
    offers = [an_offer("ofr_8", company_id="com_1"), an_offer("ofr_9", company_id="com_2")]
    state = {"com_1": Seen(1, 50.0, 5), "com_2": Seen(1, 0.0, 0)}
    slate, _ = propose(
        "slt_1", a_seeker(), offers, 2, NOW, circumstances(offers, Policy(exposure=100), state)
    )
    assert [p.offer.id for p in slate.proposals] == ["ofr_9", "ofr_8"]
    assert slate.proposals[0].terms[-1].code == "exposure.little"
    crowded = Circumstances(Policy(exposure=100), companies=state, crowded=frozenset({"ofr_9"}))
    terms = Blend(a_seeker(), crowded, TODAY).terms(offers[1])
    assert "exposure.little" not in [term.code for term in terms]


def test_a_declared_push_ends_with_its_day() -> None:
    push = Push("子育てを支える仕事", 60, ("P",), (), TODAY)
    offer = an_offer(industry_code="P85")
    assert push.concerns(offer, TODAY)
    assert not push.concerns(offer, TODAY + timedelta(days=1))
    assert not push.concerns(an_offer(), TODAY)
    crowded = Circumstances(Policy(pushes=(push,)), crowded=frozenset({offer.id}))
    assert "push.declared" not in [term.code for term in Blend(a_seeker(), crowded, TODAY).terms(offer)]
    (found,) = [
        t
        for t in Blend(a_seeker(), Circumstances(Policy(pushes=(push,))), TODAY).terms(offer)
        if t.code == "push.declared"
    ]
    assert (found.contribution, term_text(found)) == (
        60,
        "この市区町村が応援している仕事です（子育てを支える仕事）",
    )


def test_why_not_names_obstacles_or_sets_terms_side_by_side() -> None:
    offers = [an_offer(f"ofr_{n}", values={"balance": n / 12}) for n in range(6)] + [
        an_offer("ofr_9", state="paused")
    ]
    seeker = a_seeker(profile=Profile({"balance": 1.0}))
    everything = circumstances(offers, EVERYTHING_OFF, {})
    slate, _ = propose("slt_1", seeker, offers, 2, NOW, everything)
    assert why_not(slate, offers[5], everything).rank == 1
    assert why_not(slate, offers[6], everything).obstacles == ("paused",)
    missed = why_not(slate, offers[1], everything)
    assert (missed.last_offer_id, missed.terms[0][0].code) == ("ofr_4", "values.balance")
    assert missed.score is not None
    assert missed.last_score is not None
    assert (
        sum(last.contribution - own.contribution for own, last in missed.terms)
        == missed.last_score - missed.score
    )


@settings(max_examples=50, deadline=None)
@given(rich_seekers(), rich_offers(), policies, states, st.integers(1, 6))
def test_why_not_says_of_every_offer_what_the_slate_says(
    seeker: Seeker, offers: list[Offer], policy: Policy, companies: dict[str, Seen], size: int
) -> None:
    everything = circumstances(offers, policy, companies)
    slate, _ = propose("slt_1", seeker, offers, size, NOW, everything)
    ranks = {p.offer.id: p.rank for p in slate.proposals}
    barred = {e.offer_id: e.obstacles for e in slate.excluded}
    scores = {p.offer_id: p.score for p in slate.passed_over}
    for offer in offers:
        found = why_not(slate, offer, everything)
        assert found.rank == ranks.get(offer.id)
        assert found.obstacles == barred.get(offer.id, ())
        if offer.id in scores:
            assert found.score == scores[offer.id]
            assert found.last_score is not None
            assert found.score <= found.last_score


def test_conditions_of_the_persons_own_each_have_an_obstacle_of_their_own() -> None:
    seeker = a_seeker(
        at=(35.0, 134.0),
        wishes=Wishes(kinds=("job",), days_a_week=3, max_km=10, licences=(), accommodations=("quiet",)),
    )
    offer = an_offer(
        kind="trial_work", work_days_a_week=5, lat=35.2, lng=134.0, licences=("普通免許",), open_places=0, expires_on=TODAY - timedelta(1),
    )  # fmt: skip
    assert obstacles(offer, seeker, TODAY) == (
        "expired", "places", "commute", "days", "licence", "accommodation", "form",
    )  # fmt: skip
    unsaid = dataclasses.replace(seeker, at=None, wishes=Wishes())
    assert obstacles(an_offer(licences=("普通免許",), expires_on=TODAY), unsaid, TODAY) == ()
