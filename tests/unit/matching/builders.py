"""Small builders of offers and seekers, and hypothesis strategies for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, get_args

from hypothesis import strategies as st

from services.matching.hours import LATEST, Window
from services.matching.inheriting import Answers
from services.matching.offer import Offer, State
from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker
from services.matching.values import CALLINGS, SCALES, Profile

NOW = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)
HOME, NEIGHBOUR, FAR = "991007", "992038", "990019"
REACH = frozenset({HOME, NEIGHBOUR})


def an_offer(offer_id: str = "ofr_1", **changes: Any) -> Offer:
    made: dict[str, Any] = {
        "id": offer_id, "company_id": "com_1", "company_name": "見本", "kind": "job", "title": "見本の仕事",
        "description": "", "municipality_code": HOME, "hours": (), "hourly_wage_yen": 1200, "remote": False,
        "values": {}, "tags": (), "created_at": NOW,
    }  # fmt: skip
    return Offer(**{**made, **changes})


def a_seeker(**changes: Any) -> Seeker:
    made: dict[str, Any] = {
        "resident_id": "res_1", "home": HOME, "reach": REACH, "profile": Profile({}), "wishes": Wishes()
    }  # fmt: skip
    return Seeker(**{**made, **changes})


minutes = st.integers(0, LATEST)
windows = st.builds(
    lambda days, ends: Window(tuple(sorted(days)), *sorted(ends)),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(minutes, min_size=2, max_size=2),
)
areas = st.sampled_from((HOME, NEIGHBOUR, FAR))
scores = st.dictionaries(st.sampled_from(SCALES), st.floats(0, 1))
tags = st.lists(st.sampled_from(("夜", "在宅", "短時間")), unique=True).map(tuple)
wages = st.none() | st.integers(900, 1500)
offers = st.builds(
    an_offer,
    municipality_code=areas,
    hours=st.lists(windows, max_size=2).map(tuple),
    hourly_wage_yen=wages,
    remote=st.booleans(),
    values=scores,
    tags=tags,
    state=st.sampled_from(("published", "closed")),
)
wishes = st.builds(
    Wishes,
    areas=st.lists(st.sampled_from((HOME, NEIGHBOUR)), unique=True).map(tuple),
    hours=st.lists(windows, max_size=2).map(tuple),
    wage_floor=st.none() | st.integers(0, 1500),
)


@st.composite
def offer_lists(draw: st.DrawFn) -> list[Offer]:
    """Up to a dozen offers with ids of their own."""
    drawn = draw(st.lists(offers, max_size=12))
    return [
        an_offer(**{**vars(offer), "offer_id": f"ofr_{n}", "id": f"ofr_{n}"}) for n, offer in enumerate(drawn)
    ]


seekers = st.builds(
    a_seeker,
    home=st.sampled_from((HOME, NEIGHBOUR)),
    profile=st.builds(Profile, scores),
    wishes=wishes,
    dismissed=st.frozensets(st.sampled_from([f"ofr_{n}" for n in range(12)]), max_size=3),
    liked=st.dictionaries(st.sampled_from([f"ofr_{n}" for n in range(12)]), tags, max_size=3),
)

texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=60).map(str.strip)
whole_offers = st.builds(
    replace,
    offers,
    title=texts.filter(bool),
    description=texts,
    own=st.builds(
        Answers,
        st.dictionaries(st.sampled_from(SCALES), st.floats(0, 1)),
        st.dictionaries(st.sampled_from(CALLINGS), st.floats(0, 1)),
        st.integers(0, 9),
    ),
    expires_on=st.none() | st.dates(date(2020, 1, 1), date(2099, 1, 1)),
    open_places=st.none() | st.integers(0, 99),
    occupation_code=st.none() | st.just("072-01"),
    employment_form=st.none() | st.just("part_time"),
    licences=st.lists(st.sampled_from(("driving", "見本検定1級")), unique=True).map(tuple),
    accommodations=st.lists(st.sampled_from(("quiet", "own_pace")), unique=True).map(tuple),
    lat=st.none() | st.floats(-90, 90),
    lng=st.none() | st.floats(-180, 180),
    work_days_a_week=st.none() | st.integers(1, 7),
    unsaid=st.lists(st.sampled_from(("hours", "days")), unique=True).map(tuple),
    industry_code=st.none() | st.sampled_from(("E", "E09", "P8599")),
    workplace_id=st.none() | st.just("wpl_1"),
    state=st.sampled_from(get_args(State)),
    closed_at=st.none()
    | st.dates(date(2020, 1, 1), date(2026, 11, 1)).map(lambda day: datetime.combine(day, time(16), UTC)),
)
