"""Staff sign in on pages: the whole way over HTTP with a provider, and everybody who must not get in."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
import structlog

from shared.auth import SESSION_COOKIE
from shared.runtime import connect_core, start
from shared.web.signing_in import ATTEMPT_COOKIE
from shared.web.staff import HOME, STAFF_COOKIE
from tests.fakes.issuer.people import Person
from tests.fakes.issuer.provider import Grant, Issuer
from tests.harness import Harness, a_pool, a_tenant, eventually
from tests.integration.shared.tiny import COLLECTIONS, Gate, composed
from tests.signing_in import issuing, staff_cookie

STAFF = Person("sample-staff", "見本 職員", "kyoto", ("staff",))
COUNSELLOR = Person("sample-counsellor", "見本 相談員", "kyoto", ("counsellor",), "cou_x")
NEIGHBOUR = Person("sample-neighbour", "見本 となりの職員", "kameoka", ("staff",))
OF_POOL = Person("sample-pool-staff", "見本 プール担当", "sample-pool", ("pool_staff",))
OF_OTHER_POOL = Person("sample-other", "見本 よそのプール担当", "other-pool", ("pool_staff",))
PEOPLE = (STAFF, COUNSELLOR, NEIGHBOUR, OF_POOL, OF_OTHER_POOL)
PUBLIC = "http://kyoto.localhost:8080"


@dataclass
class Town:
    """A service, the provider that it believes, and one browser with its cookies."""

    client: httpx.AsyncClient
    provider: httpx.AsyncClient
    issuer: Issuer
    harness: Harness

    async def asked(self, back: str = "/tiny/staff") -> str:
        """Where the browser is sent when it wants to read a page."""
        answer = await self.client.get(f"/tiny/staff/sign-in?{urlencode({'back': back})}")
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def chosen(self, address: str, person: Person) -> str:
        """Choose somebody on the provider's page; where it sends the browser back to."""
        page = await self.provider.get(address)
        assert page.status_code == 200, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        assert f'value="{person.id}"' in page.text
        answer = await self.provider.post("/authorize", data={**hidden, "person": person.id})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def sign_in(self, person: Person, back: str = "/tiny/staff") -> httpx.Response:
        return await self.client.get(await self.chosen(await self.asked(back), person))


@asynccontextmanager
async def a_town(harness: Harness, *, client_secret: str = "", **settings: Any) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        issuer = await stack.enter_async_context(issuing(harness, *PEOPLE, client_secret=client_secret))
        harness.settings = harness.settings.model_copy(update=settings)
        await harness.declare(
            a_tenant("kyoto"),
            a_tenant("kameoka"),
            a_pool("sample-pool", {"tenant": "kyoto", "quota_hours": 1}),
            a_pool("other-pool", {"tenant": "kameoka", "quota_hours": 1}),
        )
        core = await connect_core("tiny", harness.settings, COLLECTIONS)
        service = await composed(Gate(None))(core)
        running = await start(core, service, "api")
        stack.callback(core.db.close)
        stack.push_async_callback(core.nc.close)
        stack.push_async_callback(running.finish, 5)
        transport = httpx.ASGITransport(app=service.app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=PUBLIC))
        provider = await stack.enter_async_context(httpx.AsyncClient(base_url=issuer.url))
        yield Town(client, provider, issuer, harness)


@pytest.fixture
async def town(harness: Harness) -> AsyncIterator[Town]:
    async with a_town(harness) as made:
        yield made


def refused(answer: httpx.Response, status: int = 401) -> bool:
    """A page that says so, no session, and the attempt is over."""
    set_cookies = answer.headers.get_list("set-cookie")
    ended = any(c.startswith(f'{ATTEMPT_COOKIE}=""') for c in set_cookies)
    began = any(c.startswith(f"{STAFF_COOKIE}=") for c in set_cookies)
    return answer.status_code == status and ended and not began and "<h1>" in answer.text


async def test_who_is_not_signed_in_is_led_to_the_provider_and_back_to_the_page(town: Town) -> None:
    turned_away = await town.client.get("/tiny/staff/readers?day=2026-12-03&x=%20")
    assert turned_away.status_code == 303
    sign_in = turned_away.headers["Location"]
    assert sign_in.startswith("/tiny/staff/sign-in?back=")
    to_provider = (await town.client.get(sign_in)).headers["Location"]
    asked = parse_qs(urlsplit(to_provider).query)
    assert to_provider.startswith(f"{town.issuer.url}/authorize?")
    assert asked["redirect_uri"] == [f"{PUBLIC}/tiny/staff/signed-in"]
    assert (asked["response_type"], asked["code_challenge_method"]) == (["code"], ["S256"])

    answer = await town.client.get(await town.chosen(to_provider, STAFF))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/tiny/staff/readers?day=2026-12-03&x=%20"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(STAFF_COOKIE))
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    lasting = next(int(a.partition("=")[2]) for a in attributes if a.startswith("max-age="))
    assert 0 < lasting <= town.issuer.lasting.total_seconds()
    page = await town.client.get(answer.headers["Location"])
    assert (page.status_code, page.text) == (200, "readers")
    assert (await town.client.get("/tiny/staff")).text == "staff:sample-staff of kyoto at kyoto"


async def test_who_came_by_another_host_of_the_municipality_comes_back_to_that_one(harness: Harness) -> None:
    async with a_town(harness) as town:
        await harness.declare(a_tenant("kyoto", hosts=["kyoto.localhost", "kyoto-desk.localhost"]))
        town.client.base_url = httpx.URL("http://kyoto-desk.localhost:8080")

        async def known() -> bool:
            return (await town.client.get("/tiny/staff/signed-out")).status_code == 200

        await eventually(known)
        answer = await town.sign_in(STAFF)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/tiny/staff")
        assert answer.request.url.host == "kyoto-desk.localhost"


async def test_the_cookie_is_for_pages_alone(town: Town) -> None:
    await town.sign_in(STAFF)
    assert (await town.client.get("/tiny/staff")).status_code == 200
    assert (await town.client.get("/tiny/v1/things/thg_x")).status_code == 401
    token = town.client.cookies[STAFF_COOKIE]
    for session in (token, town.harness.resident("kyoto", "res_1")["Authorization"].removeprefix("Bearer ")):
        answer = await town.client.get("/tiny/v1/me", headers={"Cookie": f"{STAFF_COOKIE}={session}"})
        assert answer.status_code == 401


async def test_over_https_the_cookies_are_secure(harness: Harness) -> None:
    async with a_town(harness, public_url="https://localhost") as town:
        address = await town.asked()
        assert parse_qs(urlsplit(address).query)["redirect_uri"][0].startswith("https://kyoto.localhost/")
        back = await town.chosen(address, STAFF)
        attempt = (await town.client.get("/tiny/staff/sign-in")).headers["set-cookie"]
        assert "; Secure" in attempt
        cookie = {"Cookie": attempt.partition(";")[0]}
        assert "; Secure" in (await town.client.get(back, headers=cookie)).headers["set-cookie"]


async def test_the_clients_secret_is_shown_to_the_token_endpoint(harness: Harness, tmp_path: Any) -> None:
    file = tmp_path / "client-secret"
    file.write_text("見本:secret\n")
    async with a_town(harness, client_secret="見本:secret", staff_client_secret_file=file) as town:
        assert (await town.sign_in(STAFF)).status_code == 303
        file.write_text("another")
        assert refused(await town.sign_in(STAFF))


async def test_endpoints_that_are_told_are_not_discovered(harness: Harness) -> None:
    told = {
        "staff_issuer": "https://idp.example",
        "staff_authorize_url": "https://idp.example/authorize?a=b",
        "staff_token_url": "https://idp.example/token",
    }
    async with a_town(harness, **told) as town:
        assert (await town.asked()).startswith("https://idp.example/authorize?a=b&response_type=code&")


@pytest.mark.parametrize(
    "told",
    [{"staff_client_id": ""}, {"staff_issuer": "http://idp.example"}, {"staff_issuer": "http://localhost:1"}],
    ids=["not set up", "not https", "away"],
)
async def test_without_a_provider_the_page_says_so(harness: Harness, told: dict[str, Any]) -> None:
    async with a_town(harness, **told) as town:
        answer = await town.client.get("/tiny/staff/sign-in")
        assert answer.status_code == 503
        assert ("まだ設定されていません" in answer.text) == (not told.get("staff_client_id", "x"))
        assert STAFF_COOKIE not in answer.headers.get("set-cookie", "")


async def test_another_browsers_or_anothers_sign_in_is_refused(town: Town) -> None:
    back = await town.chosen(await town.asked(), STAFF)
    town.client.cookies.clear()
    assert refused(await town.client.get(back))  # no attempt in this browser
    await town.asked()
    assert refused(await town.client.get(back))  # the state of another attempt


async def test_a_code_counts_once(town: Town) -> None:
    address = await town.asked()
    attempt = dict(town.client.cookies)
    back = await town.chosen(address, STAFF)
    assert (await town.client.get(back)).status_code == 303
    town.client.cookies.clear()
    again = {"Cookie": f"{ATTEMPT_COOKIE}={attempt[ATTEMPT_COOKIE]}"}
    assert refused(await town.client.get(back, headers=again))


async def test_a_code_of_another_sign_in_is_refused(town: Town) -> None:
    other = parse_qs(urlsplit(await town.chosen(await town.asked(), STAFF)).query)["code"][0]
    mine = await town.chosen(await town.asked(), STAFF)
    swapped = re.sub(r"code=[^&]+", f"code={other}", mine)
    assert refused(await town.client.get(swapped))


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"nonce": "another"}, 401),
        ({"aud": "another"}, 401),
        ({"aud": ["banso", "another"], "azp": "another"}, 401),
        ({"iss": "https://another.example"}, 401),
        ({"banso_tenant": "nowhere"}, 401),
        ({"banso_tenant": "kameoka"}, 403),
        ({"groups": ["見本" * 700]}, 503),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else str(value),
)
async def test_a_token_for_something_else_is_refused(town: Town, claims: dict[str, Any], status: int) -> None:
    town.issuer.claims = claims
    assert refused(await town.sign_in(STAFF), status)


async def test_an_expired_token_is_refused_and_ends_the_session(town: Town) -> None:
    town.issuer.lasting = timedelta(minutes=-5)
    assert refused(await town.sign_in(STAFF))
    town.issuer.lasting = timedelta(hours=1)
    await town.sign_in(STAFF)
    town.issuer.lasting = timedelta(minutes=-5)
    town.client.cookies.clear()
    old = town.issuer.id_token(Grant(STAFF, "", "", "", 0))
    headers = {"Cookie": f"{STAFF_COOKIE}={old}", "Sec-Fetch-Site": "same-origin"}
    assert (await town.client.get("/tiny/staff", headers=headers)).status_code == 303
    form = await town.client.post("/tiny/staff/readers", headers=headers)
    assert (form.status_code, "サインインの時間が終わりました" in form.text) == (401, True)


async def test_people_of_other_municipalities_and_other_pools_stay_outside(town: Town) -> None:
    assert refused(await town.sign_in(NEIGHBOUR), 403)
    assert refused(await town.sign_in(OF_OTHER_POOL), 403)
    for tenant in ("kameoka", "other-pool"):
        (cookie,) = staff_cookie(town.harness, tenant, "staff").items()
        answer = await town.client.get("/tiny/staff", headers={"Cookie": "=".join(cookie)})
        assert answer.status_code == 303, tenant
    assert (await town.sign_in(OF_POOL)).status_code == 303
    assert (await town.client.get("/tiny/staff")).text.endswith("of sample-pool at kyoto")
    assert (await town.client.get("/tiny/staff/readers")).status_code == 403


async def test_nobody_elses_credential_passes_for_a_sign_in(town: Town) -> None:
    key = (await town.harness.key("kyoto", "residents:read"))["Authorization"].removeprefix("Bearer ")
    resident = town.harness.resident("kyoto", "res_1")["Authorization"].removeprefix("Bearer ")
    await town.asked()
    attempt = town.client.cookies[ATTEMPT_COOKIE]
    for credential in (key, resident, attempt, "x", ""):
        headers = {"Cookie": f"{STAFF_COOKIE}={credential}"}
        assert (await town.client.get("/tiny/staff", headers=headers)).status_code == 303, credential
    session = {"Cookie": f"{SESSION_COOKIE}={attempt}"}
    assert (await town.client.get("/tiny/v1/me", headers=session)).status_code == 401
    back = await town.chosen(await town.asked(), STAFF)
    forged = {"Cookie": f"{ATTEMPT_COOKIE}={resident}"}
    town.client.cookies.clear()
    assert refused(await town.client.get(back, headers=forged))


@pytest.mark.parametrize("what", ["no code", "denied", "another issuer", "another state", "no state"])
async def test_an_answer_that_is_not_whole_signs_nobody_in(town: Town, what: str) -> None:
    back = await town.chosen(await town.asked(), STAFF)
    changed = {
        "no code": re.sub(r"&?code=[^&]+", "", back),
        "another state": re.sub(r"state=[^&]+", "state=another", back),
        "no state": re.sub(r"state=[^&]+&?", "", back),
        "denied": f"{back}&error=access_denied",
        "another issuer": re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", back),
    }
    assert refused(await town.client.get(changed[what]))


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/%0d%0aX: y\r\n",
        "javascript:x",
        "",
        "/x" * 900,
    ],
)
async def test_nobody_is_sent_to_another_site_after_signing_in(town: Town, back: str) -> None:
    answer = await town.sign_in(STAFF, back)
    assert answer.headers["Location"] == HOME


async def test_a_page_needs_its_scope(town: Town) -> None:
    await town.sign_in(COUNSELLOR)
    answer = await town.client.get("/tiny/staff/readers")
    assert (answer.status_code, "このアカウントでは" in answer.text) == (403, True)


async def test_a_form_of_another_site_does_nothing(town: Town) -> None:
    await town.sign_in(STAFF)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for path in ("/tiny/staff/readers", "/tiny/staff/sign-out"):
            assert (await town.client.post(path, headers=headers)).status_code == 403
    assert (await town.client.get("/tiny/staff")).status_code == 200


async def test_signing_out_forgets_the_cookie_and_asks_anew(town: Town) -> None:
    await town.sign_in(STAFF)
    answer = await town.client.post("/tiny/staff/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["Location"] == "/tiny/staff/signed-out"
    assert STAFF_COOKIE not in town.client.cookies
    page = await town.client.get("/tiny/staff/signed-out")
    assert 'href="/tiny/staff/sign-in?anew=true"' in page.text
    again = (await town.client.get("/tiny/staff/sign-in?anew=true")).headers["Location"]
    assert parse_qs(urlsplit(again).query)["prompt"] == ["login"]


async def test_nothing_secret_is_logged(town: Town) -> None:
    with structlog.testing.capture_logs() as logs:
        back = await town.chosen(await town.asked(), STAFF)
        secret = [parse_qs(urlsplit(back).query)[name][0] for name in ("code", "state")]
        secret.append(town.client.cookies[ATTEMPT_COOKIE])
        await town.client.get(back)
        secret.append(town.client.cookies[STAFF_COOKIE])
        await town.client.get(back)
        await town.client.get("/tiny/staff")
    said = repr(logs)
    assert "staff_signed_in" in said and "staff_sign_in_refused" in said
    assert not [part for part in secret if part in said]


@pytest.mark.parametrize(
    "headers", [{"Host": "issuer.example"}, {"Host": "192.0.2.1:8192"}], ids=["a name", "an address"]
)
async def test_the_development_issuer_is_for_this_machine_only(town: Town, headers: dict[str, str]) -> None:
    assert (await town.provider.get("/.well-known/openid-configuration", headers=headers)).status_code == 403
    away = (await town.asked()).replace("kyoto.localhost", "kyoto.example")
    assert (await town.provider.get(away)).status_code == 400
