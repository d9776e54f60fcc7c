"""Small builders of offers and seekers, and hypothesis strategies for them."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from services.matching.hours import LATEST, Window
from services.matching.offer import Offer
from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker
from services.matching.values import SCALES, Profile

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
