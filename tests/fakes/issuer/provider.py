"""The provider's endpoints, as much of OpenID Connect as Banso speaks: discovery, authorization with PKCE, token."""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.keys import issued
from shared.openid import basic, challenge_of
from tests.fakes.issuer.people import Person

CODE_SECONDS = 60.0
HERE = Path(__file__).parent
TEMPLATES = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Grant:
    """What a code stands for, once."""

    person: Person
    redirect_uri: str
    nonce: str
    challenge: str
    until: float


@dataclass
class Issuer:
    """`directory` holds the development key (`shared.keys issuer`). `people` tells who may sign in at a host.

    `claims` is laid over the claims of the tokens, for tests of what must be refused.
    """

    url: str
    directory: Path
    people: Callable[[str], Awaitable[Sequence[Person]]]
    client_id: str = "banso"
    client_secret: str = ""
    lasting: timedelta = timedelta(hours=8)
    claims: dict[str, object] = field(default_factory=dict)
    grants: dict[str, Grant] = field(default_factory=dict)

    def id_token(self, grant: Grant) -> str:
        person = grant.person
        claims = {
            "iss": self.url,
            "aud": self.client_id,
            "sub": person.id,
            "name": person.name,
            "nonce": grant.nonce,
            "banso_tenant": person.home,
            "banso_roles": list(person.roles),
            **({"banso_counsellor_id": person.counsellor_id} if person.counsellor_id else {}),
        }
        return issued(self.directory, {**claims, **self.claims}, self.lasting)


ISSUER: web.AppKey[Issuer] = web.AppKey("issuer", Issuer)


def local(host: str | None) -> bool:
    """Is this name or address this machine's own?"""
    if host is None:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@web.middleware
async def only_this_machine(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse callers from elsewhere, and pages from elsewhere that were led to this machine by their name."""
    if not local(request.remote) or not local(urlsplit(f"//{request.host}").hostname):
        raise web.HTTPForbidden(text="this issuer is for this machine only")
    return await handler(request)


async def configuration(request: web.Request) -> web.Response:
    """GET /.well-known/openid-configuration (OpenID Connect Discovery 1.0)."""
    url = request.app[ISSUER].url
    return web.json_response(
        {
            "issuer": url,
            "authorization_endpoint": f"{url}/authorize",
            "token_endpoint": f"{url}/token",
            "jwks_uri": f"{url}/jwks.json",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }
    )


async def keys(request: web.Request) -> web.Response:
    """GET /jwks.json"""
    text = (request.app[ISSUER].directory / "jwks.json").read_text()
    return web.Response(text=text, content_type="application/json")


async def choose(request: web.Request) -> web.Response:
    """GET /authorize: a page that asks whom to sign in as."""
    asked = dict(request.query)
    people = await _people(request.app[ISSUER], asked)
    html = TEMPLATES.get_template("authorize.html.j2").render(
        people=people, asked=asked, host=urlsplit(asked["redirect_uri"]).hostname
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
    return web.Response(text=html, content_type="text/html", charset="utf-8", headers=headers)


async def signed_in(request: web.Request) -> web.Response:
    """POST /authorize: back to Banso with a code, or with access_denied."""
    issuer = request.app[ISSUER]
    asked = {name: str(value) for name, value in (await request.post()).items()}
    people = await _people(issuer, asked)
    person = next((p for p in people if p.id == asked.get("person")), None)
    answer = {"state": asked["state"], "iss": issuer.url}
    if person is None:
        answer["error"] = "access_denied"
    else:
        answer["code"] = secrets.token_urlsafe(32)
        issuer.grants[answer["code"]] = Grant(
            person,
            asked["redirect_uri"],
            asked["nonce"],
            asked["code_challenge"],
            time.monotonic() + CODE_SECONDS,
        )
    raise web.HTTPSeeOther(f"{asked['redirect_uri']}?{urlencode(answer)}")


async def token(request: web.Request) -> web.Response:
    """POST /token: the ID token for a code, once, to whoever has the verifier."""
    issuer = request.app[ISSUER]
    form = {name: str(value) for name, value in (await request.post()).items()}
    if issuer.client_secret and not hmac.compare_digest(
        request.headers.get("Authorization", ""), basic(issuer.client_id, issuer.client_secret)
    ):
        return web.json_response({"error": "invalid_client"}, status=401)
    grant = issuer.grants.pop(form.get("code", ""), None)
    if (
        grant is None
        or time.monotonic() > grant.until
        or form.get("grant_type") != "authorization_code"
        or form.get("client_id") != issuer.client_id
        or form.get("redirect_uri") != grant.redirect_uri
        or challenge_of(form.get("code_verifier", "")) != grant.challenge
    ):
        return web.json_response({"error": "invalid_grant"}, status=400)
    answer = {"access_token": secrets.token_urlsafe(32), "token_type": "Bearer"}
    return web.json_response(
        {**answer, "id_token": issuer.id_token(grant)}, headers={"Cache-Control": "no-store"}
    )


async def ready(_: web.Request) -> web.Response:
    """GET /_fake/ready."""
    return web.json_response({"ready": True})


async def _people(issuer: Issuer, asked: dict[str, str]) -> Sequence[Person]:
    """Who may sign in. Raises HTTPBadRequest for a request that no Banso on this machine makes."""
    wanted = {"response_type": "code", "client_id": issuer.client_id, "code_challenge_method": "S256"}
    complete = all(asked.get(name) for name in ("redirect_uri", "state", "nonce", "code_challenge"))
    if not complete or any(asked.get(name) != value for name, value in wanted.items()):
        raise web.HTTPBadRequest(text="not a request of Banso's")
    host = urlsplit(asked["redirect_uri"]).hostname
    people = await issuer.people(host) if host and local(host) else []
    if not people or not urlsplit(asked["redirect_uri"]).path.endswith("/staff/signed-in"):
        raise web.HTTPBadRequest(text="this issuer sends nobody there")
    return people


def build_app(issuer: Issuer) -> web.Application:
    """The issuer as an aiohttp application."""
    app = web.Application(middlewares=[only_this_machine])
    app[ISSUER] = issuer
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", configuration),
            web.get("/jwks.json", keys),
            web.get("/authorize", choose),
            web.post("/authorize", signed_in),
            web.post("/token", token),
            web.get("/_fake/ready", ready),
        ]
    )
    return app
