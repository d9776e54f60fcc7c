"""A consultation opens once, answers each turn, and is handed over once."""

from dataclasses import replace
from datetime import UTC, datetime

from services.intake import entry
from services.intake.answer import MOST, Answer, from_programmes, not_found
from services.intake.consultation import MOST_TURNS, hand_off, open_consultation, receive_on_line, take_turn
from services.intake.consumers import REACTIONS
from services.intake.programme import Programme
from shared.events import BY_TYPE
from shared.events.envelope import Payload
from shared.tenancy import Desk

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DESK = Desk(name="見本窓口", phone="000-000-0000", hours="平日 9:00-17:00", url="https://city.example/desk")
FRESH = open_consultation("t", "res_1", 1, "web", NOW)
ANSWER = Answer("programmes", (), ("prg_1",))


def verbs(events: object) -> list[str]:
    assert isinstance(events, list)
    return [event.TYPE.split(".")[3] for event in events if isinstance(event, Payload)]


def test_the_first_turn_opens_and_later_ones_do_not() -> None:
    first, events = take_turn(FRESH, ANSWER, None)
    assert verbs(events) == ["opened", "answered"]
    _, events = take_turn(replace(first, version=1), ANSWER, None)
    assert verbs(events) == ["answered"]


def test_danger_is_urgent_and_no_answer() -> None:
    _, events = take_turn(FRESH, ANSWER, "hunger")
    assert verbs(events) == ["opened", "urgent"]
    assert verbs(receive_on_line(FRESH, "hunger")[1]) == ["opened", "urgent"]
    assert verbs(receive_on_line(FRESH, None)[1]) == ["opened"]


def test_it_is_handed_over_once() -> None:
    handed, events = hand_off(FRESH)
    assert verbs(events) == ["opened", "handed_off"]
    assert verbs(hand_off(replace(handed, version=1))[1]) == []


def test_a_long_consultation_is_full_at_its_last_turn() -> None:
    assert not replace(FRESH, count=MOST_TURNS - 1).full
    assert replace(FRESH, count=MOST_TURNS).full


def test_an_answer_names_at_most_three_programmes_with_their_links() -> None:
    programmes = [
        Programme(
            f"prg_{n}", {"name": f"制度{n}", "abstract": "概要", "detail_url": f"https://city.example/{n}"}
        )
        for n in range(5)
    ]
    answer = from_programmes(programmes, DESK)
    assert len(answer.programme_ids) == len(answer.parts[0].links) == MOST == 3
    assert "制度3" not in "".join(part.text for part in answer.parts)
    assert "下の相談先に聞いてください" in answer.parts[1].text
    assert from_programmes([], DESK) == not_found(DESK)


def test_every_event_of_every_service_becomes_a_step() -> None:
    assert {reaction.event.TYPE for reaction in REACTIONS} == set(BY_TYPE)


def test_a_link_token_follows_from_its_request_and_tickets_cannot_be_made_up() -> None:
    assert entry.make_token("secret", "a") == entry.make_token("secret", "a")
    assert len({entry.make_token(s, r) for s in ("s1", "s2") for r in ("a", "b")}) == 4
    ticket = entry.make_ticket("secret")
    assert entry.ticket_fits("secret", ticket)
    for wrong in ("", ".", "k", ticket[1:], ticket + "x"):
        assert not entry.ticket_fits("secret", wrong)
    assert not entry.ticket_fits("other", ticket)
