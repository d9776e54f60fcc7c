"""The plan of disturbances is its seed's alone, and leaves nobody out."""

from collections import Counter
from itertools import islice

from tests.chaos.disturbance import SERVERS, SERVICES, disturbances


def test_the_same_seed_gives_the_same_plan() -> None:
    assert list(islice(disturbances(7), 50)) == list(islice(disturbances(7), 50))
    assert list(islice(disturbances(7), 50)) != list(islice(disturbances(8), 50))


def test_every_process_is_hit_about_equally_often() -> None:
    hits = Counter(target for d in islice(disturbances(1), 120) for target in d.targets)
    assert set(hits) == {*SERVICES, *SERVERS}
    assert max(hits.values()) - min(hits.values()) <= 2
    assert {d.kind for d in islice(disturbances(1), 60)} == {"kill", "pause", "terminate"}
