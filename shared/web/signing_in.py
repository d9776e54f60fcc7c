"""`/<service>/staff/sign-in`, `/signed-in` and `/sign-out`: staff sign in with their municipality's OpenID provider.

What a sign-in was begun with waits in a signed cookie of ten minutes. After it the staff's ID token is the session: a cookie that scripts
cannot read, that ends with the token, and that nothing but pages accepts. See docs/decisions/0016-staff-sign-in.md.
"""

import hmac
import secrets as entropy
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Self

import jwt
import structlog
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from shared.auth import SignedIn
from shared.clock import system_now
from shared.errors import Forbidden, Unauthenticated, Unavailable
from shared.http.problems import status_of
from shared.http.request import HostTenant, core_of, refuse_foreign_page
from shared.openid import OpenIdProvider
from shared.settings import CoreSettings
from shared.tenancy import Tenant
from shared.web.pages import Pages
from shared.web.staff import HOME, STAFF_COOKIE, belongs, own_page
from shared.web.visiting import go, page_route

log = structlog.get_logger()

ATTEMPT_COOKIE = "banso_signing_in"
ATTEMPT_ISSUER = "banso-signing-in"
ATTEMPT_FOR = timedelta(minutes=10)
LARGEST_TOKEN = 3800
"""Browsers keep cookies up to 4096 bytes, name and attributes included (RFC 6265, 6.1)."""
Parameter = Annotated[str, Query(max_length=4000)]


class OtherMunicipality(Forbidden):
    """A valid sign-in of somebody who does not work here."""


@dataclass(frozen=True)
class Attempt:
    """A sign-in that was begun: what must come back, and where to go then."""

    state: str
    nonce: str
    verifier: str
    back: str

    @classmethod
    def new(cls, back: str) -> Self:
        state, nonce, verifier = (entropy.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, back)

    def signed(self, tenant: str, key: str) -> str:
        """As the cookie holds it: signed with the tenant's session key, under an issuer of its own, so that it is nobody's session."""
        claims = {"iss": ATTEMPT_ISSUER, "ten": tenant, "exp": system_now() + ATTEMPT_FOR, **asdict(self)}
        return jwt.encode(claims, key, algorithm="HS256")

    @classmethod
    def read(cls, text: str, tenant: str, key: str) -> Self:
        """Raises Unauthenticated for anything but an attempt of the last ten minutes at this municipality."""
        try:
            claims = jwt.decode(
                text,
                key,
                algorithms=["HS256"],
                issuer=ATTEMPT_ISSUER,
                options={"require": ["exp", "iss", "ten"]},
            )
            if claims["ten"] != tenant:
                raise ValueError("begun at another municipality")
            return cls(*(str(claims[name]) for name in ("state", "nonce", "verifier", "back")))
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise Unauthenticated("no sign-in was begun here") from error


def sign_in_routes(pages: Pages, settings: CoreSettings) -> APIRouter:
    """The same for every service."""
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))
    provider = OpenIdProvider(settings)
    path = f"/{pages.service}/staff"
    secure = settings.public_url.startswith("https://")

    def redirect_uri(request: Request, tenant: Tenant) -> str:
        host = (
            request.headers["host"].partition(":")[0].lower()
        )  # one of the tenant's, and the one that has the cookie
        return tenant.page_url(settings.public_url, f"{path}/signed-in", host)

    def session_key(request: Request, tenant: Tenant) -> str:
        return core_of(request).secrets.text(tenant.id, "session_key")

    def page(tenant: Tenant, state: str, status: int = 200) -> HTMLResponse:
        return pages.render(
            "staff_sign_in.html", tenant, status=status, state=state, sign_in=f"{path}/sign-in"
        )

    def keep(answer: Response, name: str, value: str, lasting: timedelta, where: str) -> None:
        seconds = max(int(lasting.total_seconds()), 0)
        answer.set_cookie(
            name, value, max_age=seconds, path=where, secure=secure, httponly=True, samesite="lax"
        )
        answer.headers["Cache-Control"] = "no-store"

    def forget(answer: Response, name: str, where: str) -> None:
        answer.delete_cookie(name, path=where, secure=secure, httponly=True, samesite="lax")

    @router.get("/sign-in")
    async def sign_in(
        request: Request, tenant: HostTenant, back: Parameter = HOME, anew: bool = False
    ) -> Response:
        if not provider.configured:
            return page(tenant, "not-set-up", 503)
        attempt = Attempt.new(own_page(back))
        asked = (attempt.state, attempt.nonce, attempt.verifier)
        try:
            answer = go(await provider.sign_in_url(redirect_uri(request, tenant), *asked, anew=anew))
        except Unavailable as error:
            log.warning("staff_provider_unavailable", reason=error.detail)
            return page(tenant, "unavailable", 503)
        kept = attempt.signed(tenant.id, session_key(request, tenant))
        keep(answer, ATTEMPT_COOKIE, kept, ATTEMPT_FOR, path)
        return answer

    @router.get("/signed-in")
    async def signed_in(
        request: Request,
        tenant: HostTenant,
        state: Parameter = "",
        code: Parameter = "",
        iss: Parameter = "",
        error: Parameter = "",
    ) -> Response:
        try:
            text = request.cookies.get(ATTEMPT_COOKIE, "")
            attempt = Attempt.read(text, tenant.id, session_key(request, tenant))
            if not hmac.compare_digest(state.encode(), attempt.state.encode()):
                raise Unauthenticated("the answer belongs to another sign-in")
            if iss not in ("", settings.staff_issuer) or error or not code:
                raise Unauthenticated("the provider did not sign anybody in")
            token = await provider.id_token(code, attempt.verifier, redirect_uri(request, tenant))
            found = core_of(request).authenticator.signed_in(token, nonce=attempt.nonce)
            answer = welcome(request, tenant, found, token, attempt.back)
        except (OtherMunicipality, Unauthenticated, Unavailable) as refused:
            log.warning("staff_sign_in_refused", kind=type(refused).__name__, reason=refused.detail)
            shown = {OtherMunicipality: "other-municipality", Unavailable: "unavailable"}
            answer = page(tenant, shown.get(type(refused), "refused"), status_of(refused))
        forget(answer, ATTEMPT_COOKIE, path)
        return answer

    def welcome(request: Request, tenant: Tenant, found: SignedIn, token: str, back: str) -> Response:
        if not belongs(request, found.actor, tenant):
            raise OtherMunicipality("the person does not work for this municipality")
        if len(token) > LARGEST_TOKEN:
            raise Unavailable("the ID token does not fit into a cookie: ask the provider for fewer claims")
        log.info("staff_signed_in", tenant=found.actor.tenant, actor=found.actor.name)
        answer = go(own_page(back))
        keep(answer, STAFF_COOKIE, token, found.until - system_now(), "/")
        return answer

    @router.post("/sign-out")
    async def sign_out(request: Request, tenant: HostTenant) -> Response:
        refuse_foreign_page(request)
        answer = go(f"{path}/signed-out")
        forget(answer, STAFF_COOKIE, "/")
        return answer

    @router.get("/signed-out")
    async def signed_out(tenant: HostTenant) -> Response:
        return page(tenant, "signed-out")

    return router
