"""Send lists: nobody who did not ask, never too much, never against a hard condition, nobody twice."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.eligibility import obstacles
from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import CROWD
from services.matching.policy import Policy
from services.matching.sending.caps import Caps, Tally
from services.matching.sending.choosing import Draft, Reader, choose, still_good
from services.matching.sending.send_list import (
    ListClosed,
    ListTooOld,
    SendList,
    approve,
    discard,
    finish,
    first_day,
    week_of,
)
from services.matching.sending.stopping import resident_of, stop_token
from services.matching.sending.subscription import Subscription, Told, not_now, tell, want
from shared.clock import TOKYO
from tests.unit.matching.builders import NOW, a_seeker, an_offer, offers, seekers

TODAY = NOW.astimezone(TOKYO).date()
WANTS = Subscription("res_1", wanted=True)

caps = st.builds(
    Caps,
    offers=st.integers(1, 3),
    per_week=st.integers(1, 3),
    gap_days=st.integers(1, 9),
    per_company=st.integers(1, 4),
)
hours_ago = st.integers(0, 24 * 20)
told = st.lists(st.tuples(hours_ago, st.sampled_from([f"ofr_{n}" for n in range(12)])), max_size=3).map(
    lambda found: tuple(
        Told(f"snd_{n}", NOW - timedelta(hours=ago), (offer,))
        for n, (ago, offer) in enumerate(sorted(found, reverse=True))
    )
)


@st.composite
def towns(draw: st.DrawFn) -> tuple[list[Any], list[Reader]]:
    """Offers of three companies, some with few places, and people who agreed or did not."""
    found = [
        an_offer(
            **{
                **vars(offer),
                "offer_id": f"ofr_{n}",
                "id": f"ofr_{n}",
                "company_id": draw(st.sampled_from(["com_1", "com_2", "com_3"])),
                "open_places": draw(st.none() | st.integers(0, 2)),
            }
        )
        for n, offer in enumerate(draw(st.lists(offers, max_size=10)))
    ]
    people = []
    for n, seeker in enumerate(draw(st.lists(seekers, max_size=8))):
        someone = a_seeker(**{**vars(seeker), "resident_id": f"res_{n}"})
        agreed = Subscription(f"res_{n}", wanted=draw(st.booleans()), told=draw(told))
        people.append(Reader(someone, agreed))
    return found, people


def drawn(town: tuple[list[Any], list[Reader]], limits: Caps, tally: Tally, exposure: int = 150) -> Draft:
    given_now = Circumstances(policy=Policy(exposure=exposure))
    return choose("snd_1", town[1], columns_of(town[0]), given_now, limits, tally, NOW)


@given(towns(), caps, st.dictionaries(st.sampled_from(["com_1", "com_2"]), st.integers(0, 4)))
@settings(max_examples=80, deadline=None)
def test_no_list_breaks_a_hard_condition_a_cap_or_a_persons_word(
    town: Any, limits: Caps, before: Any
) -> None:
    draft = drawn(town, limits, Tally(companies=Counter(before)))
    offer_of = {offer.id: offer for offer in town[0]}
    reader_of = {reader.seeker.resident_id: reader for reader in town[1]}
    companies, by_offer = Counter(before), Counter[str]()
    for entry in draft.entries:
        reader = reader_of[entry.resident_id]
        assert not_now(reader.subscription, limits, NOW) is None
        assert reader.subscription.wanted
        assert 0 < len(entry.picks) <= limits.offers
        for pick in entry.picks:
            assert obstacles(offer_of[pick.offer_id], reader.seeker, TODAY) == ()
            assert pick.offer_id not in reader.subscription.offers_told()
            companies[pick.company_id] += 1
            by_offer[pick.offer_id] += 1
    assert all(count <= max(limits.per_company, before.get(one, 0)) for one, count in companies.items())
    for offer_id, count in by_offer.items():
        places = offer_of[offer_id].open_places
        assert places is None or count <= CROWD * places
    assert len({entry.resident_id for entry in draft.entries}) == len(draft.entries)
    assert len(draft.entries) + sum(draft.left_out.values()) == len(town[1])


@given(towns(), caps)
@settings(max_examples=30, deadline=None)
def test_the_same_town_gives_the_same_list_in_whatever_order_people_come(town: Any, limits: Caps) -> None:
    backwards = (town[0], list(reversed(town[1])))
    assert drawn(town, limits, Tally()) == drawn(backwards, limits, Tally())


@given(towns(), caps, st.lists(st.integers(0, 23), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_whatever_is_sent_when_no_week_holds_too_many_messages(
    town: Any, limits: Caps, waits: list[int]
) -> None:
    person = Subscription("res_1", wanted=True)
    now = NOW
    for number, wait in enumerate(waits):
        now += timedelta(hours=12 * wait)
        person, _ = tell(person, f"snd_{number}", [f"ofr_{number}"], "sealed", limits, now)
    times = [one.at for one in person.told]
    for one in times:
        assert sum(one <= other < one + timedelta(days=7) for other in times) <= limits.per_week
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= timedelta(days=limits.gap_days) for gap in gaps)


def test_the_same_list_is_sent_to_a_person_once() -> None:
    once, events = tell(WANTS, "snd_1", ["ofr_1"], "sealed", Caps(gap_days=1, per_week=3), NOW)
    assert [event.TYPE for event in events] == ["banso.matching.offers.recommended.v1"]
    assert tell(
        once, "snd_1", ["ofr_2"], "sealed", Caps(gap_days=1, per_week=3), NOW + timedelta(days=2)
    ) == (once, [])


def test_nobody_is_sent_anything_before_they_ask_or_after_they_stop() -> None:
    new = Subscription("res_1")
    assert tell(new, "snd_1", ["ofr_1"], "sealed", Caps(), NOW) == (new, [])
    begun, events = want(new, True, NOW)
    assert [event.TYPE for event in events] == ["banso.matching.subscription.started.v1"]
    assert want(begun, True, NOW) == (begun, [])
    stopped, events = want(begun, False, NOW)
    assert [event.TYPE for event in events] == ["banso.matching.subscription.ended.v1"]
    assert not_now(stopped, Caps(), NOW) == "not_agreed"
    assert tell(stopped, "snd_1", ["ofr_1"], "sealed", Caps(), NOW) == (stopped, [])


def test_exposure_within_one_list_gives_the_second_company_its_turn() -> None:
    """Two companies whose offers are as good: with exposure control neither is sent to everybody first."""
    town = [an_offer("ofr_1", company_id="com_1"), an_offer("ofr_2", company_id="com_2")]
    people = [
        Reader(a_seeker(resident_id=f"res_{n}"), Subscription(f"res_{n}", wanted=True)) for n in range(20)
    ]
    draft = drawn((town, people), Caps(offers=1), Tally())
    sent = Counter(entry.picks[0].company_id for entry in draft.entries)
    assert abs(sent["com_1"] - sent["com_2"]) <= 2


def test_a_message_with_several_offers_of_one_company_stays_within_its_cap() -> None:
    town = [an_offer(f"ofr_{n}") for n in range(3)]
    people = [
        Reader(a_seeker(resident_id=f"res_{n}"), Subscription(f"res_{n}", wanted=True)) for n in range(4)
    ]
    draft = drawn((town, people), Caps(offers=3, per_company=5), Tally())
    assert [len(entry.picks) for entry in draft.entries] == [3, 2]
    assert draft.left_out == {"nothing_fits": 2}


def test_what_changed_since_the_list_was_drawn_up_is_not_sent() -> None:
    town = [an_offer(f"ofr_{n}", open_places=1) for n in range(5)]
    reader = Reader(a_seeker(), WANTS)
    picks = drawn((town, [reader]), Caps(offers=5), Tally()).entries[0].picks
    assert all(pick.mismatch for pick in picks)  # of no offer everything is known
    closed = an_offer("ofr_0", state="closed")
    full = Tally(offers=Counter({"ofr_1": CROWD}))
    now_uninterested = Reader(a_seeker(dismissed=frozenset({"ofr_2"})), WANTS)
    offer_of = {**{offer.id: offer for offer in town}, "ofr_0": closed}
    left = still_good(picks, now_uninterested, offer_of, Caps(), full, {"ofr_3"}, TODAY)
    assert [pick.offer_id for pick in left] == ["ofr_4"]


def a_list(**changes: Any) -> SendList:
    return SendList(
        **{"id": "snd_1", "week": "2026-W49", "created_at": NOW, "batch": "b", "people": 2, **changes}
    )


def test_approving_twice_sends_once_and_nothing_is_sent_of_what_was_discarded() -> None:
    approved, events = approve(a_list(), "staff:1", NOW)
    assert (approved.state, approved.approved_by, len(events)) == ("approved", "staff:1", 1)
    assert approve(approved, "staff:2", NOW) == (approved, [])
    sent, _ = finish(approved, 1, {"not_agreed": 1}, NOW)
    assert (sent.state, sent.told) == ("sent", 1)
    assert finish(sent, 5, {}, NOW) == (sent, [])
    with pytest.raises(ListClosed):
        discard(sent, NOW)
    discarded, _ = discard(a_list(), NOW)
    with pytest.raises(ListClosed):
        approve(discarded, "staff:1", NOW)
    assert finish(discarded, 1, {}, NOW) == (discarded, [])


def test_a_list_is_good_for_a_week() -> None:
    with pytest.raises(ListTooOld):
        approve(a_list(), "staff:1", NOW + timedelta(days=7, minutes=1))


def test_a_week_begins_on_monday_in_tokyo() -> None:
    monday = datetime(2026, 11, 30, 0, 0, tzinfo=TOKYO)
    assert (week_of(monday), week_of(monday - timedelta(minutes=1))) == ("2026-W49", "2026-W48")
    assert first_day("2026-W49") == monday.date()


def test_the_link_that_stops_messages_stops_those_of_one_person_of_one_municipality() -> None:
    token = stop_token("key", "sample-a", "res_1")
    assert resident_of(token, "key", "sample-a") == "res_1"
    for other in (
        resident_of(token, "key", "sample-b"),
        resident_of(token, "other", "sample-a"),
        resident_of(token.replace("res_1", "res_2"), "key", "sample-a"),
        resident_of("", "key", "sample-a"),
        resident_of("あ.い", "key", "sample-a"),
    ):
        assert other is None
