"""From what a person answered and wished to what is proposed: nothing that a wish rules out, and everything it does not.

The oracle below asks what the page promises (「選んだことに合わない仕事は、出ません」「選んだ曜日には、働きません」), in its own way: whether there is a week of that
work in which the person is never at it outside of their hours, minute by minute; distances by the law of cosines, licences by a table of its own.
"""

import itertools
import math
from datetime import timedelta
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.engine.sieve import sift
from services.matching.hours import WEEK, Window
from services.matching.interest import Interest, Kind
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import BY_ID, Questionnaire, Wishes
from services.matching.relaxing import WISHES, hidden_by, without
from services.matching.seeker import Seeker, seeker_of
from services.matching.slate import propose
from shared.clock import TOKYO
from shared.tenancy import Tenant
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, NOW, REACH, a_seeker, an_offer
from tests.unit.matching.test_whole_score import IDS, circumstances, policies, states

TODAY = NOW.astimezone(TOKYO).date()
TENANT = Tenant.model_validate(
    {
        "kind": "Tenant",
        "metadata": {"name": "sample"},
        "spec": {
            "name": "見本市", "short_name": "見本", "municipality_code": HOME, "hosts": ["sample.example"],
            "neighbouring_areas": [NEIGHBOUR], "desk": {"name": "見本窓口", "phone": "000", "hours": "9-17"},
        },
    }
)  # fmt: skip
MAY_DO = {
    "driving_large": {"driving_large", "driving_medium", "driving", "driving_at", "moped"},
    "cook": {"cook"},
    "見本検定1級": {"見本検定1級"},
}
some = st.sampled_from


HOURS = (
    (),
    (Window((0, 2), 540, 720),),
    (Window((0,), 720, 1020), Window((5,), 540, 1020)),
    (Window((6,), 1320, 1740),),
    (Window((0,), 0, 300), Window((4,), 1080, 1320)),
    (Window((0, 1, 2, 3, 4, 5, 6), 480, 1080),),
    (Window((0, 1, 3, 4), 540, 1020),),
    (Window((0, 2, 4), 540, 750), Window((1, 2), 660, 1050)),
    (Window((4, 5), 1020, 1800, goes_on=True), Window((5, 6), 360, 540)),
    (Window((4, 5), 1020, 1800), Window((5, 6), 360, 540)),
)
"""Some meet, some do not; Sunday night runs into Monday, and two nights go on until nine in the morning; or the early shift follows them."""


@st.composite
def offers_of_every_kind(draw: st.DrawFn) -> list[Offer]:
    return [
        an_offer(
            offer_id,
            company_id=draw(some(("com_1", "com_2", "com_3"))),
            kind=draw(some(("job", "trial_work", "remote_order"))),
            hours=draw(some(HOURS)),
            hourly_wage_yen=draw(some((None, 1000, 1200, 1400))),
            values={"balance": draw(some((0.1, 0.9)))},
            tags=draw(some(((), ("夜",)))),
            municipality_code=draw(some((HOME, HOME, HOME, NEIGHBOUR, FAR))),
            remote=draw(some((False, False, True))),
            expires_on=draw(some((*[None] * 5, TODAY, TODAY - timedelta(1)))),
            open_places=draw(some((*[None] * 5, 1, 0))),
            employment_form=draw(some((None, "part_time", "full_time"))),
            licences=draw(some(((), ("driving",), ("driving_at", "cook"), ("見本検定1級",)))),
            accommodations=draw(some((("quiet", "own_pace"), ("quiet",), ()))),
            lat=draw(some((35.0, 35.1, 35.4, 35.4, None))),
            lng=draw(some((135.0, 135.0, 135.3, None))),
            work_days_a_week=draw(some((None, None, 2, 5, 7))),
            unsaid=draw(some(((), (), ("hours",), ("days",)))),
            state=draw(some((*["published"] * 12, "paused", "closed", "filled", "expired"))),
        )
        for offer_id in IDS[: draw(st.integers(6, 12))]
    ]


EACH_WISH: dict[str, st.SearchStrategy[object]] = {
    "areas": some(((HOME,), (NEIGHBOUR,))),
    "hours": some(HOURS[1:]),
    "wage_floor": some((1100, 1300)),
    "kinds": some((("job",), ("trial_work", "remote_order"))),
    "employment_forms": st.just(("part_time",)),
    "days_a_week": some((1, 3, 6)),
    "max_km": some((5.0, 20.0)),
    "licences": some((("driving_large",), ("driving_large", "cook"), ("cook", "見本検定1級"), ())),
    "accommodations": some((("quiet",), ("own_pace",))),
    "remote_only": st.just(True),
}


@st.composite
def some_wishes(draw: st.DrawFn) -> Wishes:
    """A few of them at a time: all together leave nothing to be wrong about."""
    made = draw(st.sets(some(sorted(EACH_WISH)), min_size=1, max_size=3))
    given_ = {name: draw(EACH_WISH[name]) for name in sorted(made)}
    start_at = draw(some((*[(35.0, 135.0)] * 4, None)))
    return Wishes(**given_, start_at=start_at, skills=draw(some(((), ("夜",)))), learning=draw(st.booleans()))  # type: ignore[arg-type]


answers = st.dictionaries(some(list(BY_ID)), st.none() | st.integers(1, 5))
said_kinds: tuple[Kind, ...] = ("save", "ask", "not_interested")
kinds_said = some(said_kinds)


@st.composite
def people(draw: st.DrawFn) -> Seeker:
    """As the use case makes them: from the questionnaire, from what was said, and from the pages seen before."""
    said = [
        Interest(f"int_{n}", "res_1", offer, draw(kinds_said), ("夜",), NOW)
        for n, offer in enumerate(draw(st.lists(some(IDS), max_size=4)))
    ]
    questionnaire = Questionnaire("qst_1", "res_1", draw(answers), draw(some_wishes()))
    history = draw(st.dictionaries(some(IDS), st.floats(0.01, 21)))
    shown = draw(st.lists(some(IDS), max_size=2))
    return seeker_of(TENANT, questionnaire, said, draw(some((None, HOME, NEIGHBOUR, FAR))), history, shown)


def allowed(offer: Offer, seeker: Seeker) -> bool:
    """Whether the offer may be proposed."""
    w = seeker.wishes
    open_today = offer.state == "published" and (offer.expires_on is None or offer.expires_on >= TODAY)
    return (
        open_today
        and offer.open_places != 0
        and (offer.remote or (_reachable(offer, w) and not _too_far(offer, w)))
        and not (w.remote_only and not offer.remote)
        and _a_week_of_it_keeps_to(w.hours, w.days_a_week, offer.hours, offer.work_days_a_week,
        offer.kind == "remote_order", "days" in offer.unsaid)
        and not (w.wage_floor and (offer.hourly_wage_yen is None or offer.hourly_wage_yen < w.wage_floor))
        and (w.licences is None or set(offer.licences) <= set().union(*(MAY_DO.get(h, set()) for h in w.licences)))
        and set(w.accommodations) <= set(offer.accommodations)
        and (not w.kinds or offer.kind in w.kinds)
        and (not w.employment_forms or offer.employment_form in (None, *w.employment_forms))
        and offer.id not in seeker.dismissed
        and offer.id not in seeker.shown
    )  # fmt: skip


def _reachable(offer: Offer, w: Wishes) -> bool:
    return offer.municipality_code in (w.areas or REACH)


def _too_far(offer: Offer, w: Wishes) -> bool:
    if w.max_km is None or w.start_at is None or offer.lat is None or offer.lng is None:
        return False
    one, other = map(math.radians, (w.start_at[0], offer.lat))
    apart = math.radians(offer.lng - w.start_at[1])
    cosine = math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(apart)
    return 6371.0 * math.acos(min(1.0, cosine)) > w.max_km


@cache
def _a_week_of_it_keeps_to(
    wished: tuple[Window, ...],
    at_most: int | None,
    hours: tuple[Window, ...],
    said: int | None,
    at_home: bool,
    unsaid: bool,
) -> bool:
    """Whether some choice of days, as many as the work takes, and of one shift on each of them lies within the person's week. An order that is
    done at home is no shift: an hour of the person's own among its hours makes a day of it. There, and where the days are not told, one day
    is enough unless more are said."""
    if not hours:
        return not (at_most and (said or 0) > at_most)
    free = _minutes(wished or (Window((0, 1, 2, 3, 4, 5, 6), 0, 1440),))
    by_day: dict[int, list[list[int]]] = {}
    for day, start, end in _shifts_of(hours):
        by_day.setdefault(day, []).append([(day * 1440 + m) % WEEK for m in range(start, end)])
    days = said or (1 if at_home or unsaid else len(by_day))
    if at_most and days > at_most:
        return False
    return any(
        all(any(_is_free(shift, free, at_home) for shift in by_day[day]) for day in chosen)
        for chosen in itertools.combinations(by_day, min(days, len(by_day)))
    )


def _is_free(shift: list[int], free: set[int], at_home: bool) -> bool:
    stretches = [len(list(run)) for is_free, run in itertools.groupby(shift, free.__contains__) if is_free]
    return max(stretches, default=0) >= (min(60, len(shift)) if at_home else len(shift))


def _shifts_of(hours: tuple[Window, ...]) -> list[tuple[int, int, int]]:
    """Nights that are told in two parts, because no window reaches past six in the morning, are one shift where they say so."""
    if hours[0].goes_on:
        return [(day, 1020, 1440 + 540) for day in hours[0].weekdays]
    return [(day, w.start, w.end) for w in hours for day in w.weekdays]


def _minutes(hours: tuple[Window, ...]) -> set[int]:
    return {(day * 1440 + m) % WEEK for w in hours for day in w.weekdays for m in range(w.start, w.end)}


@settings(max_examples=150, deadline=None)
@given(people(), offers_of_every_kind(), policies, states, st.integers(1, 12))
def test_what_is_proposed_is_allowed_whatever_is_learned_drawn_or_spoken_for(
    seeker: Seeker,
    offers: list[Offer],
    policy: Policy,
    companies: dict[str, Seen],
    size: int,
) -> None:
    slate, _ = propose("slt_1", seeker, offers, size, NOW, circumstances(offers, policy, companies))
    known = {offer.id for offer in offers if allowed(offer, seeker)}
    proposed = [proposal.offer.id for proposal in slate.proposals]
    assert set(proposed) <= known
    assert len(proposed) == min(size, len(known))
    assert {exclusion.offer_id for exclusion in slate.excluded} == {o.id for o in offers} - known


@settings(max_examples=150, deadline=None)
@given(people(), offers_of_every_kind())
def test_what_each_wish_hides_is_counted_right(seeker: Seeker, offers: list[Offer]) -> None:
    columns = columns_of(offers)
    hidden = hidden_by(seeker, lambda someone: sift(columns, someone, TODAY).rows.size)
    for wish in WISHES:
        more = sum(allowed(o, without(seeker, wish)) and not allowed(o, seeker) for o in offers)
        assert hidden.get(wish, 0) == more
    assert list(hidden.values()) == sorted(hidden.values(), reverse=True)


A_WEEK = Window(tuple(range(7)), 480, 1080)


def proposed(offer: Offer, wishes: Wishes) -> bool:
    """Whether it is, as it is to everybody else."""
    slate, _ = propose("slt_1", a_seeker(wishes=wishes), [offer], 3, NOW)
    return bool(slate.proposals)


def test_nobody_is_proposed_work_on_a_day_that_they_have_off() -> None:
    """Wednesdays and the weekend are off; the work is done on all seven days, from eight."""
    free = Wishes(hours=(Window((0, 1, 3, 4), 540, 1020),))
    assert not proposed(an_offer(hours=(A_WEEK,), work_days_a_week=7), free)
    assert not proposed(an_offer(hours=(Window(A_WEEK.weekdays, 540, 1020),)), free)
    assert proposed(an_offer(hours=(Window(A_WEEK.weekdays, 540, 1020),), work_days_a_week=4), free)
    assert not proposed(an_offer(hours=(Window(A_WEEK.weekdays, 540, 1020),), work_days_a_week=5), free)
    assert not proposed(an_offer(hours=(A_WEEK,), work_days_a_week=4), free)


def test_the_weekdays_that_an_offer_names_are_its_days_when_it_says_no_number() -> None:
    weekdays = an_offer(hours=(Window((0, 1, 2, 3, 4), 540, 720),))
    assert not proposed(weekdays, Wishes(days_a_week=2))
    assert proposed(weekdays, Wishes(days_a_week=5))


def test_a_night_that_goes_on_until_the_morning_is_not_an_early_shift() -> None:
    night = an_offer(hours=(Window((4, 5), 1020, 1800, goes_on=True), Window((5, 6), 360, 540)))
    assert not proposed(night, Wishes(hours=(Window(A_WEEK.weekdays, 300, 540),)))
    assert proposed(night, Wishes(hours=(Window((4, 5, 6), 0, 1440),), days_a_week=2))


def test_an_early_shift_after_a_night_shift_is_a_shift_of_its_own() -> None:
    early, night = Window(A_WEEK.weekdays, 360, 840), Window(A_WEEK.weekdays, 1320, 1800)
    shifts = an_offer(hours=(night, early))
    assert proposed(shifts, Wishes(hours=(early,)))
    assert proposed(shifts, Wishes(hours=(night,)))
    assert not proposed(shifts, Wishes(hours=(Window(A_WEEK.weekdays, 390, 840),)))


def test_an_order_that_is_done_at_home_leaves_the_choice_of_its_hours_but_not_of_none_at_all() -> None:
    order = an_offer(kind="remote_order", remote=True, hours=(Window(A_WEEK.weekdays, 360, 1560),))
    assert proposed(order, Wishes(hours=(Window((2,), 1200, 1380),), days_a_week=1))
    assert not proposed(order, Wishes(hours=(Window((2,), 1530, 1620),)))
