"""HTTP as every service speaks it, through an app that is built as theirs are."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from shared.auth import SESSION_COOKIE
from shared.events.envelope import decode
from shared.runtime import Core, connect_core, start
from tests.harness import Harness, a_tenant, eventually
from tests.integration.shared.tiny import COLLECTIONS, Gate, composed

HOST = {"Host": "kyoto.localhost:8080"}


class Tiny:
    def __init__(self, core: Core, client: httpx.AsyncClient, harness: Harness) -> None:
        self.core = core
        self.client = client
        self.staff = harness.staff("kyoto")
        self.session = harness.resident("kyoto", "res_1")["Authorization"].removeprefix("Bearer ")

    async def post(self, path: str, json: Any = None, **headers: str) -> httpx.Response:
        sent = {**self.staff, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.client.post(f"/tiny/v1{path}", json=json, headers=sent)


@pytest.fixture
async def tiny(harness: Harness) -> AsyncIterator[Tiny]:
    quotas = {"requests_per_minute_per_caller": 50, "anonymous_per_minute": 5}
    await harness.declare(a_tenant("kyoto", quotas=quotas), a_tenant("kameoka"))
    core = await connect_core("tiny", harness.settings, COLLECTIONS)
    service = await composed(Gate(None))(core)
    running = await start(core, service, "all")
    transport = httpx.ASGITransport(app=service.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://kyoto.localhost:8080") as client:
        yield Tiny(core, client, harness)
    await running.finish(5)
    await core.nc.close()
    core.db.close()


def is_problem(answer: httpx.Response, status: int, slug: str, title: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert (body["status"], body["type"]) == (status, f"https://banso.example/problems/{slug}")
    assert body["title"] == title
    assert body["instance"].startswith("/tiny/")
    return body


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("ja", ["認証が必要です", "この操作は許可されていません", "見つかりません", "かぎがかかっています", "ほかの人が先に変更しました"]),
        ("en", ["A valid credential is needed", "This credential may not do that", "Not found", "It is locked", "Somebody else changed it first"]),
    ],
)  # fmt: skip
async def test_every_refusal_is_a_problem_in_the_callers_language(
    tiny: Tiny, language: str, titles: list[str]
) -> None:
    lang = {"Accept_Language": language}
    made = (await tiny.post("/things", {"name": "first"})).json()
    nobody = is_problem(
        await tiny.post("/things", {"name": "x"}, Authorization="", **lang), 401, "unauthenticated", titles[0]
    )
    assert nobody["detail"]
    resident = f"Bearer {tiny.session}"
    is_problem(
        await tiny.post("/things", {"name": "ab"}, Authorization=resident, **lang),
        403,
        "forbidden",
        titles[1],
    )
    is_problem(await tiny.post("/me", **lang), 403, "forbidden", titles[1])
    is_problem(await tiny.post("/nowhere", **lang), 404, "not-found", titles[2])
    locked = is_problem(await tiny.post("/locked", **lang), 409, "tiny-locked", titles[3])
    assert locked["alternatives"] == ["another"]
    stale = await tiny.client.put(
        f"/tiny/v1/things/{made['id']}", json={"name": "new"},
        headers={**tiny.staff, "If-Match": '"7"', "Accept-Language": language},
    )  # fmt: skip
    is_problem(stale, 412, "stale-version", titles[4])
    assert stale.headers["content-language"] == language


async def test_a_foreign_id_looks_exactly_like_one_that_does_not_exist(tiny: Tiny, harness: Harness) -> None:
    made = (await tiny.post("/things", {"name": "first"})).json()
    other = harness.staff("kameoka")
    foreign = await tiny.client.get(f"/tiny/v1/things/{made['id']}", headers=other)
    missing = await tiny.client.get("/tiny/v1/things/thg_none", headers=other)
    for answer in (foreign, missing):
        is_problem(answer, 404, "not-found", "見つかりません")
    assert {**foreign.json(), "instance": ""} == {**missing.json(), "instance": ""}


WRONG: list[tuple[Any, str, str]] = [
    ({}, "name", "必須の項目です"),
    ({"name": "a"}, "name", "2 文字以上にしてください"),
    ({"name": "ab", "count": 10**400}, "count", "1000000 以下にしてください"),
    ({"name": "ab", "count": "many"}, "count", "整数にしてください"),
    ({"name": "ab", "more": 1}, "more", "この項目は受け付けていません"),
    ({"name": ["ab"]}, "name", "文字列にしてください"),
]


async def test_a_wrong_field_is_named(tiny: Tiny) -> None:
    for body, field, ja in WRONG:
        answer = is_problem(await tiny.post("/things", body), 422, "invalid", "入力に誤りがあります")
        assert answer["errors"] == [{"field": field, "message": ja}]
        english = await tiny.post("/things", body, Accept_Language="en")
        [wrong] = is_problem(english, 422, "invalid", "The input is not valid")["errors"]
        assert wrong["field"] == field
        assert wrong["message"].isascii()


STRANGE = [
    b"", b"{", b'{"name": "a', b"\xff\xfe", b'{"name": "\\ud800"}', b'{"\\ud800": 1}', b'{"name": "a\\u0000b"}',
    b"[" * 100_000, b'{"name":' * 50_000, b"NaN", b'{"name": 1e999}', b'"text"', b"null",
]  # fmt: skip


async def test_no_body_breaks_the_service(tiny: Tiny) -> None:
    headers = {**tiny.staff, "Content-Type": "application/json"}
    for content in STRANGE:
        answer = await tiny.client.post("/tiny/v1/things", content=content, headers=headers)
        assert answer.status_code in (201, 400, 422), (content[:40], answer.text)
        if answer.status_code != 201:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == answer.status_code


async def test_a_bug_is_a_problem_that_tells_nothing(tiny: Tiny) -> None:
    answer = await tiny.post("/broken")
    is_problem(answer, 500, "internal", "内部エラーが起きました")
    assert "yamada" not in answer.text
    assert answer.headers["x-request-id"]


async def test_a_method_that_is_not_there_is_a_problem(tiny: Tiny) -> None:
    answer = await tiny.client.delete("/tiny/v1/things", headers=tiny.staff)
    is_problem(answer, 405, "method-not-allowed", "この方法では呼び出せません")


async def test_a_body_beyond_five_mebibytes_is_refused_however_it_comes(tiny: Tiny) -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(6):
            yield b" " * 1024 * 1024

    headers = {**tiny.staff, "Content-Type": "application/json"}
    for content in (b" " * (5 * 1024 * 1024 + 1), in_parts()):
        answer = await tiny.client.post("/tiny/v1/things", content=content, headers=headers)
        is_problem(answer, 413, "too-large", "送られたデータが大きすぎます")
    assert await tiny.core.db["things"].count_documents({}) == 0


async def test_a_caller_over_its_limit_is_told_when_to_come_again(tiny: Tiny) -> None:
    answers = [await tiny.client.get("/tiny/page", headers={"X-Forwarded-For": "9.9.9.9"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    is_problem(answers[-1], 429, "too-many-requests", "リクエストが多すぎます")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    other = await tiny.client.get("/tiny/page", headers={"X-Forwarded-For": "8.8.8.8"})
    assert other.status_code == 200
    elsewhere = await tiny.client.get(
        "/tiny/page", headers={"X-Forwarded-For": "9.9.9.9", "Host": "kameoka.localhost"}
    )
    assert (elsewhere.status_code, elsewhere.text) == (200, "<title>kameoka</title>")


async def test_an_answer_says_what_is_left_of_the_limit(tiny: Tiny) -> None:
    first, second = await tiny.post("/things", {"name": "one"}), await tiny.post("/things", {"name": "two"})
    assert first.headers["ratelimit-limit"] == second.headers["ratelimit-limit"] == "50"
    assert int(first.headers["ratelimit-remaining"]) == int(second.headers["ratelimit-remaining"]) + 1


async def test_a_host_of_no_municipality_is_not_found(tiny: Tiny) -> None:
    answer = await tiny.client.get("/tiny/page", headers={"Host": "elsewhere.localhost"})
    is_problem(answer, 404, "not-found", "見つかりません")


async def events_of(tiny: Tiny) -> list[Any]:
    rows = await tiny.core.db["event_log"].find({}).to_list(None)
    return [decode(row["event"].encode()) for row in rows]


async def test_the_correlation_id_goes_in_and_out_and_into_the_event(tiny: Tiny) -> None:
    parent = f"00-{'a' * 32}-{'b' * 16}-01"
    answer = await tiny.post(
        "/things", {"name": "ab"}, X_Request_Id="sample-correlation-1", traceparent=parent
    )
    assert answer.headers["x-request-id"] == "sample-correlation-1"
    [event] = await eventually(lambda: events_of(tiny))
    assert (event.correlationid, event.traceparent) == ("sample-correlation-1", parent)
    assert (event.tenantid, event.actor) == ("kyoto", "staff:sample-staff")


async def test_a_correlation_id_that_could_forge_a_log_is_replaced(tiny: Tiny) -> None:
    for given in ("short", "x" * 65, "with space in it", "newline%0a12345", "日本語のID"):
        headers = {n.encode(): v.encode() for n, v in {**tiny.staff, "X-Request-Id": given}.items()}
        answer = await tiny.client.post("/tiny/v1/things", json={"name": "ab"}, headers=headers)
        assert answer.status_code == 201
        assert len(answer.headers["x-request-id"]) == 26


async def test_a_repeated_request_is_done_once_and_answered_the_same(tiny: Tiny) -> None:
    body = {"name": "once"}
    answers = await asyncio.gather(*(tiny.post("/things", body, Idempotency_Key="k1") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await tiny.core.db["things"].count_documents({}) == 1
    await tiny.post("/things", {"name": "marker"})
    events = await eventually(lambda: events_of(tiny), until=lambda found: len(found) >= 2)
    assert len(events) == 2
    is_problem(
        await tiny.post("/things", {"name": "other"}, Idempotency_Key="k1"),
        409, "idempotency-conflict", "同じ Idempotency-Key が別の内容で使われています",
    )  # fmt: skip
    again = await tiny.post("/things", body, Idempotency_Key="k2")
    assert again.json()["id"] != answers[0].json()["id"]


async def test_two_municipalities_may_use_the_same_idempotency_key(tiny: Tiny, harness: Harness) -> None:
    mine = await tiny.post("/things", {"name": "mine"}, Idempotency_Key="k1")
    theirs = await tiny.client.post(
        "/tiny/v1/things",
        json={"name": "theirs"},
        headers={**harness.staff("kameoka"), "Idempotency-Key": "k1"},
    )
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_an_idempotency_key_that_cannot_be_is_refused(tiny: Tiny) -> None:
    for key in ("", "   ", "x" * 256):
        answer = await tiny.post("/things", {"name": "ab"}, Idempotency_Key=key)
        is_problem(answer, 422, "invalid", "入力に誤りがあります")


async def test_a_cookie_counts_on_the_own_pages_of_its_municipality_only(tiny: Tiny) -> None:
    async def me(method: str, **headers: str) -> int:
        sent = {"Cookie": f"{SESSION_COOKIE}={tiny.session}", **HOST, **headers}
        answer = await tiny.client.request(method, "/tiny/v1/me", headers=sent)
        return answer.status_code

    assert await me("GET") == 200
    assert await me("POST", **{"Sec-Fetch-Site": "same-origin"}) == 200
    assert await me("POST", Origin="http://kyoto.localhost:8080") == 200
    assert await me("POST", **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert await me("POST", **{"Sec-Fetch-Site": "same-site"}) == 403
    assert await me("POST", Origin="https://elsewhere.example") == 403
    assert await me("GET", Host="kameoka.localhost:8080") == 401


async def test_a_header_credential_needs_no_page_of_its_own(tiny: Tiny) -> None:
    headers = {
        "Authorization": f"Bearer {tiny.session}",
        "Sec-Fetch-Site": "cross-site",
        "Host": "gateway.example",
    }
    answer = await tiny.client.post("/tiny/v1/me", headers=headers)
    assert answer.json() == {"id": "res_1", "name": "kyoto"}


async def test_every_answer_has_the_security_headers(tiny: Tiny) -> None:
    for path in (
        "/tiny/page",
        "/tiny/docs",
        "/tiny/openapi.json",
        "/tiny/v1/nowhere",
        "/tiny/static/banso.css",
    ):
        answer = await tiny.client.get(path)
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["x-frame-options"] == "DENY", path


async def test_the_api_document_tells_the_credentials_and_the_problems(tiny: Tiny) -> None:
    document = (await tiny.client.get("/tiny/openapi.json")).json()
    operation = document["paths"]["/tiny/v1/things"]["post"]
    assert {"201", "400", "401", "403", "404", "409", "412", "413", "422", "429", "503"} <= operation[
        "responses"
    ].keys()
    assert operation["security"]
    assert "/tiny/page" not in document["paths"]
    page = await tiny.client.get("/tiny/docs")
    assert "make_thing" in page.text
