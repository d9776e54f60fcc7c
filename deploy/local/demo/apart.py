"""The proof that municipalities are kept apart: each one's staff key meets the other's ids as if they did not exist."""

import re
from dataclasses import dataclass

import httpx

from deploy.local.demo.expecting import expect
from deploy.local.demo.facts import Facts
from deploy.local.demo.samples import Loaded
from deploy.local.demo.story import Story
from deploy.local.demo.world import World

LONG_ID = re.compile(r"([a-z]{3}_\w{4})\w+(\w{4})")


@dataclass(frozen=True)
class Attempt:
    """One try to reach something of another municipality."""

    what: str
    method: str
    path: str
    status: int


def attempts_on(facts: Facts, loaded: Loaded) -> list[tuple[str, str, str]]:
    """(what, method, path) of every way to reach what belongs to `facts`' resident and municipality."""
    resident = f"/intake/v1/residents/{facts.resident_id}"
    found = [
        ("住民", "GET", resident),
        ("経過", "GET", f"{resident}/timeline"),
        ("セッションの発行", "POST", f"{resident}/session"),
        ("仕事の提案", "GET", f"/matching/v1/slates/{facts.slate['id']}"),
        ("求人", "GET", f"/matching/v1/offers/{next(iter(loaded.offers))}"),
        ("企業", "GET", f"/matching/v1/companies/{next(iter(loaded.companies))}"),
        ("求人を閉じる", "POST", f"/matching/v1/offers/{next(iter(loaded.offers))}/close"),
        ("予約", "GET", f"/booking/v1/appointments/{facts.appointment['id']}"),
        ("予約の取り消し", "POST", f"/booking/v1/appointments/{facts.appointment['id']}/cancel"),
        ("相談員", "GET", f"/booking/v1/counsellors/{facts.appointment['counsellor_id']}"),
    ]
    if facts.referral:
        found.append(("紹介", "GET", f"/intake/v1/referrals/{facts.referral['id']}"))
        found.append(("紹介の送信", "POST", f"/intake/v1/referrals/{facts.referral['id']}/send"))
    return found


async def message_ids(world: World, facts: Facts) -> list[str]:
    """Ids of the messages that a resident's own municipality sees."""
    async with world.staff(facts.tenant) as staff:
        answer = await staff.get(f"/notify/v1/messages?resident_id={facts.resident_id}")
    ids = [message["id"] for message in answer.json()["data"]]
    expect(ids, "apart: messages", "messages of the resident", answer.text[:200])
    return ids


async def keep_apart(world: World, stranger: str, facts: Facts, loaded: Loaded) -> list[Attempt]:
    """Try everything of `facts` with the staff key of `stranger`. Raises JourneyBroke unless each try gives 404."""
    tries = attempts_on(facts, loaded)
    messages = await message_ids(world, facts)
    tries += [("お知らせ", "GET", f"/notify/v1/messages/{message}") for message in messages[:1]]
    made = []
    async with world.staff(stranger) as key:
        for what, method, path in tries:
            attempt = Attempt(what, method, path, (await _try(key, method, path)).status_code)
            expect(attempt.status == 404, f"apart: {stranger} tries {method} {path}", "404", attempt.status)
            made.append(attempt)
        await _expect_unlisted(key, stranger, facts, messages)
    return made


async def _try(key: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    body = {"close": {"reason": "withdrawn"}, "cancel": {}}.get(path.rpartition("/")[2])
    return await key.request(method, path, json=body) if body is not None else await key.request(method, path)


async def _expect_unlisted(key: httpx.AsyncClient, stranger: str, facts: Facts, messages: list[str]) -> None:
    """No list of the stranger names the resident or anything of theirs."""
    lists = (
        "/intake/v1/residents?limit=100",
        "/intake/v1/referrals?limit=100",
        "/booking/v1/appointments?limit=100",
        f"/notify/v1/messages?resident_id={facts.resident_id}",
    )
    for path in lists:
        text = (await key.get(path)).text
        seen = [i for i in (*facts.ids().values(), *messages) if i in text and i not in path]
        expect(
            not seen,
            f"apart: {stranger} lists {path.partition('?')[0]}",
            "nothing of another municipality",
            seen,
        )


def tell_apart(story: Story, made: list[Attempt]) -> None:
    """The attempts as a small table, ids shortened."""
    rows = [(a.what, a.method, LONG_ID.sub(r"\1…\2", a.path), str(a.status)) for a in made]
    story.table(("見ようとしたもの", "", "", "答え"), rows)
