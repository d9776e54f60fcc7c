"""What is proposed, and what is never proposed."""

import dataclasses
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.matching.eligibility import obstacles
from services.matching.engine.blend import Circumstances
from services.matching.hours import WEEK, Window
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import Wishes
from services.matching.scoring import terms
from services.matching.seeker import Seeker
from services.matching.slate import Slate, propose
from services.matching.values import Profile
from services.matching.wording import OBSTACLES, term_text
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, NOW, a_seeker, an_offer, offer_lists, seekers

EVENING = Window((0, 1, 2, 3, 4), 19 * 60, 25 * 60)


def made(seeker: Seeker, offers: list[Offer], size: int = 3, slate_id: str = "slt_1") -> Slate:
    return propose(slate_id, seeker, offers, size, NOW)[0]


def minutes_of(windows: tuple[Window, ...]) -> set[int]:
    """Counted one by one, on purpose not as the rules do it."""
    return {(d * 1440 + m) % WEEK for w in windows for d in w.weekdays for m in range(w.start, w.end)}


@given(seekers, offer_lists(), st.integers(1, 12))
def test_no_hard_condition_is_ever_violated(seeker: Seeker, offers: list[Offer], size: int) -> None:
    wishes = seeker.wishes
    for offer in (proposal.offer for proposal in made(seeker, offers, size).proposals):
        assert offer.state == "published"
        assert offer.id not in seeker.dismissed
        assert offer.remote or offer.municipality_code in (wishes.areas or {HOME, NEIGHBOUR})
        if wishes.wage_floor:
            assert offer.hourly_wage_yen is not None
            assert offer.hourly_wage_yen >= wishes.wage_floor
        if wishes.hours and offer.hours:
            shifts = (Window((day,), w.start, w.end) for w in offer.hours for day in w.weekdays)
            assert any(minutes_of((shift,)) <= minutes_of(wishes.hours) for shift in shifts)


@given(seekers, offer_lists(), st.integers(1, 12))
def test_reasons_sum_to_the_score_to_the_point(seeker: Seeker, offers: list[Offer], size: int) -> None:
    for proposal in made(seeker, offers, size).proposals:
        assert sum(term.contribution for term in proposal.terms) == proposal.score
        assert all(isinstance(term.contribution, int) and term.contribution for term in proposal.terms)
        assert all(term_text(term) for term in proposal.terms)
        assert len(proposal.reasons) <= 3
        assert all(term.contribution > 0 for term in proposal.reasons)
        assert proposal.mismatch is None or proposal.mismatch.contribution <= 0


@given(seekers, offer_lists(), st.integers(1, 12))
def test_every_offer_is_accounted_for_exactly_once(seeker: Seeker, offers: list[Offer], size: int) -> None:
    slate = made(seeker, offers, size)
    accounted = [
        *(p.offer.id for p in slate.proposals),
        *(p.offer_id for p in slate.passed_over),
        *(e.offer_id for e in slate.excluded),
    ]
    assert sorted(accounted) == sorted(offer.id for offer in offers)
    assert all(e.obstacles and set(e.obstacles) <= set(OBSTACLES) for e in slate.excluded)
    kept = [p.score for p in slate.proposals] + [p.score for p in slate.passed_over]
    assert kept == sorted(kept, reverse=True)


@given(seekers, offer_lists(), st.randoms(use_true_random=False))
def test_a_slate_is_the_same_whatever_the_order_offers_come_in(
    seeker: Seeker, offers: list[Offer], random: Random
) -> None:
    shuffled = list(offers)
    random.shuffle(shuffled)
    assert made(seeker, offers).proposals == made(seeker, shuffled).proposals


def test_each_obstacle_is_named() -> None:
    seeker = a_seeker(
        wishes=Wishes(areas=(HOME,), hours=(EVENING,), wage_floor=1200), dismissed=frozenset({"ofr_1"})
    )
    offer = an_offer(
        municipality_code=NEIGHBOUR, hours=(Window((0,), 540, 1020),), hourly_wage_yen=1100, state="closed"
    )
    assert obstacles(offer, seeker) == ("closed", "area", "hours", "wage", "not_interested")
    assert obstacles(an_offer("ofr_2", hourly_wage_yen=None), seeker) == ("wage_unknown",)


def test_neighbouring_areas_and_remote_work_are_within_reach_and_far_away_is_not() -> None:
    offers = [
        an_offer("near", municipality_code=NEIGHBOUR),
        an_offer("far", municipality_code=FAR),
        an_offer("remote", municipality_code=FAR, remote=True),
    ]
    slate = made(a_seeker(), offers)
    assert {p.offer.id: p.area for p in slate.proposals} == {"near": "neighbouring", "remote": "elsewhere"}
    assert [(e.offer_id, e.obstacles) for e in slate.excluded] == [("far", ("area",))]


def test_a_wish_for_late_hours_finds_work_past_midnight() -> None:
    seeker = a_seeker(wishes=Wishes(hours=(Window((5,), 0, 2 * 60),)))  # Saturday 0:00-2:00
    friday_night = an_offer("night", hours=(Window((4,), 24 * 60, 26 * 60),))
    assert [
        p.offer.id
        for p in made(seeker, [friday_night, an_offer("day", hours=(Window((5,), 540, 1020),))]).proposals
    ] == ["night"]


def test_what_matters_to_the_person_decides() -> None:
    seeker = a_seeker(profile=Profile({"balance": 1.0, "reward": 0.25}))
    slate = made(
        seeker,
        [
            an_offer("pays", values={"reward": 1.0, "balance": 0.2}),
            an_offer("calm", values={"reward": 0.3, "balance": 0.9}),
        ],
    )
    best, second = slate.proposals
    assert best.offer.id == "calm"
    assert best.reasons[0].code == "values.balance"
    assert best.mismatch is not None
    assert best.mismatch.code == "values.reward"
    assert second.mismatch is not None
    assert second.mismatch.code == "values.balance"


def test_what_is_not_known_is_said_when_nothing_speaks_against() -> None:
    seeker = a_seeker(profile=Profile({"balance": 1.0}))
    (proposal,) = made(seeker, [an_offer()]).proposals
    assert proposal.mismatch is not None
    assert proposal.mismatch.code == "unknown.balance"
    assert "自分の時間との両立" in term_text(proposal.mismatch)


def test_nobody_is_told_to_cherish_what_they_called_unimportant() -> None:
    seeker = a_seeker(profile=Profile({"balance": 1.0, "reward": 0.25}))
    offer = an_offer(values={"balance": 0.9, "reward": 0.9})
    texts = {term.code: term_text(term) for term in terms(offer, seeker)}
    assert texts["values.balance"].startswith("あなたが大切にしている")
    assert texts["values.reward"] == "「納得できる収入」も、ありそうです"


def test_a_neighbouring_area_nobody_asked_for_is_a_caution_and_one_asked_for_is_a_reason() -> None:
    offer = an_offer(municipality_code=NEIGHBOUR)
    (unasked,) = terms(offer, a_seeker())
    (asked,) = terms(offer, a_seeker(wishes=Wishes(areas=(NEIGHBOUR,))))
    assert (unasked.code, unasked.contribution < 0) == ("area.neighbouring", True)
    assert (asked.code, asked.contribution > 0) == ("area.wished", True)


def test_hours_that_leave_a_choice_are_no_worse_than_hours_that_fit_just_so() -> None:
    seeker = a_seeker(wishes=Wishes(hours=(EVENING,)))
    wide, just_so, partly = (
        next(t for t in terms(an_offer(hours=hours, kind=kind), seeker) if t.code == "hours.common")
        for kind, hours in (
            ("remote_order", (Window(tuple(range(7)), 6 * 60, 26 * 60),)),
            ("job", (Window((0, 2), 20 * 60, 24 * 60),)),
            ("remote_order", (Window((0, 2), 15 * 60, 20 * 60),)),
        )
    )
    assert wide.contribution == just_so.contribution == 300
    assert (term_text(wide), term_text(just_so)) == (
        "あなたの働きたい時間なら、いつでも働けます",
        "働きたい時間の中に、ちょうど収まります",
    )
    assert partly.contribution < 0
    assert "2時間" in term_text(partly)


def test_nobody_is_told_that_they_may_work_at_any_time_where_the_work_leaves_no_choice() -> None:
    seeker = a_seeker(wishes=Wishes(hours=(Window((0, 1, 2, 3), 9 * 60, 17 * 60),)))
    every_day = Window(tuple(range(7)), 9 * 60, 17 * 60)
    two_days, shifts = (
        next(t for t in terms(offer, seeker) if t.code == "hours.common")
        for offer in (
            an_offer(hours=(every_day,), work_days_a_week=2),
            an_offer(hours=(Window((0, 1, 2, 3), 9 * 60, 17 * 60), Window((0, 1, 2, 3), 17 * 60, 22 * 60))),
        )
    )
    assert term_text(two_days) == "働きたい曜日と時間の中で、週2日働けそうです"
    assert term_text(shifts) == "働きたい時間（週32時間）のうち、重なるのは32時間です"


def test_work_like_what_was_liked_before_comes_first() -> None:
    seeker = a_seeker(liked={"ofr_old": ("夜", "短時間")})
    offers = [an_offer("other", tags=("昼",)), an_offer("alike", tags=("夜", "食品"))]
    slate, _ = propose("slt_1", seeker, offers, 3, NOW, Circumstances(Policy(learning=True)))
    assert [p.offer.id for p in slate.proposals] == ["alike", "other"]
    assert {"tags": "夜"} in [reason.facts for reason in slate.proposals[0].reasons]


def test_equal_scores_favour_no_company_over_many_slates() -> None:
    offers = [an_offer("a"), an_offer("b")]
    firsts = {made(a_seeker(), offers, 1, f"slt_{n}").proposals[0].offer.id for n in range(20)}
    assert firsts == {"a", "b"}


def test_the_event_names_the_offers_best_first() -> None:
    offers = [an_offer("low", values={"balance": 0.1}), an_offer("high", values={"balance": 0.9})]
    _, (event,) = propose("slt_1", a_seeker(profile=Profile({"balance": 1.0})), offers, 3, NOW)
    assert event.model_dump() == {
        "resident_id": "res_1", "slate_id": "slt_1", "offers": ("high", "low"), "test": False,
    }  # fmt: skip


def test_a_slate_does_not_depend_on_who_offers_but_on_what_is_offered() -> None:
    offer = an_offer(values={"balance": 0.9})
    renamed = dataclasses.replace(offer, company_name="別の見本", company_id="com_2")
    seeker = a_seeker(profile=Profile({"balance": 1.0}))
    assert terms(offer, seeker) == terms(renamed, seeker)
