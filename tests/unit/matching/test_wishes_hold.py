"""From what a person answered and wished to what is proposed: nothing that a wish rules out, and everything it does not.

The oracle below says it once more in its own way: hours as intervals, distances by the law of cosines, licences by a table of its own.
"""

import math
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.engine.sieve import sift
from services.matching.hours import Window
from services.matching.interest import Interest, Kind
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import BY_ID, Questionnaire, Wishes
from services.matching.relaxing import WISHES, hidden_by, without
from services.matching.seeker import Seeker, seeker_of
from services.matching.slate import propose
from shared.clock import TOKYO
from shared.tenancy import Tenant
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, NOW, REACH, an_offer
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
)
"""Some meet, some do not; Sunday night runs into Monday."""


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
            work_days_a_week=draw(some((None, 2, 5))),
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
    "days_a_week": some((1, 3)),
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
        and (not w.hours or not offer.hours or _meet(offer.hours, w.hours))
        and not (w.days_a_week and offer.work_days_a_week and offer.work_days_a_week > w.days_a_week)
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


def _meet(offered: tuple[Window, ...], wished: tuple[Window, ...]) -> bool:
    week = 7 * 24 * 60
    one, other = (
        [(d * 1440 + w.start, d * 1440 + w.end) for w in ws for d in w.weekdays] for ws in (offered, wished)
    )
    return any(
        a < d + turn and c + turn < b for a, b in one for c, d in other for turn in (-week, 0, week)
    )  # fmt: skip


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
