"""A whole list that lacks most of what was offered ends nothing before somebody has looked."""

from pathlib import Path

import pytest

from tests.harness import Harness
from tests.integration.matching.importing import A, Desk, advert, kjno, open_desk
from tests.signing_in import staff_cookie
from tests.unit.matching.hellowork.samples import xml

MANY = xml(*(advert(n) for n in range(12)))
ONE = xml(advert(0), advert(20))
PAGE = "/matching/staff/imports"


@pytest.fixture
async def desk(harness: Harness, tmp_path: Path) -> Desk:
    desk = await open_desk(harness, tmp_path)
    await desk.send("hellowork", MANY, whole=True)
    return desk


async def press(desk: Desk, import_id: str) -> tuple[int, str]:
    """Confirm it on its page: status, and where that leads or what it says."""
    cookies = "; ".join(f"{name}={value}" for name, value in staff_cookie(desk.harness, A).items())
    headers = {"Host": f"{A}.localhost", "Cookie": cookies, "Sec-Fetch-Site": "same-origin"}
    answer = await desk.started.client.post(f"{PAGE}/{import_id}/confirm", headers=headers)
    return answer.status_code, answer.headers.get("Location", answer.text)


async def states(desk: Desk) -> dict[str, int]:
    found = [offer["state"] for offer in (await desk.offers()).values()]
    return {state: found.count(state) for state in set(found)}


async def test_a_list_that_lacks_most_ends_nothing_until_staff_confirm_it(desk: Desk) -> None:
    dry = await desk.send("hellowork", ONE, whole=True, dry_run=True)
    assert (dry["withheld"], dry["open_before"], dry["counts"]) == (11, 12, {"unchanged": 1, "new": 1})
    run = await desk.send("hellowork", ONE, whole=True)
    assert (run["state"], run["withheld"], run["open_before"]) == ("finished", 11, 12)
    assert run["counts"] == dry["counts"]
    again = await desk.send("hellowork", ONE, whole=True)
    assert (again["withheld"], again["counts"]) == (11, {"unchanged": 2})
    assert await states(desk) == {"published": 13}
    status, said = await press(desk, run["id"])
    assert (status, "新しい取りこみがありました" in said) == (409, True)
    unread = await desk.send("hellowork", b"no list at all", whole=True)
    assert (unread["state"], unread["read"]) == ("failed", 0), "it says nothing about what is offered"
    assert await press(desk, again["id"]) == (303, f"{PAGE}/{again['id']}")
    ended = await desk.ended(again["id"])
    assert (ended["withheld"], ended["counts"]) == (0, {"unchanged": 2, "gone": 11})
    assert await states(desk) == {"published": 2, "expired": 11}
    assert (await desk.offers())[kjno(0)]["version"] == 1
    assert (await press(desk, again["id"]))[0] == 409
    assert (await press(desk, dry["id"]))[0] == 409


async def test_who_knows_that_a_list_is_right_says_so_when_sending_it(desk: Desk) -> None:
    run = await desk.send("hellowork", ONE, whole=True, confirmed=True)
    assert (run["withheld"], run["counts"]) == (0, {"unchanged": 1, "new": 1, "gone": 11})
    assert await states(desk) == {"published": 2, "expired": 11}
