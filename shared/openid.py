"""The staff's OpenID provider: where people are sent to sign in, and how the code that they come back with becomes an ID token.

Authorization code with PKCE (RFC 7636, S256). The ID token is not believed here: `Authenticator.signed_in` does that.
"""

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp

from shared.errors import Unauthenticated, Unavailable
from shared.settings import CoreSettings

TIMEOUT = aiohttp.ClientTimeout(total=10)
LARGEST_ANSWER = 256 * 1024
DISCOVER_EVERY = 3600.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Endpoints:
    """`secret_in_body`: the provider takes the client's secret in the form only, not as Basic credentials."""

    authorize: str
    token: str
    secret_in_body: bool = False


class OpenIdProvider:
    """Asked only while somebody signs in: no page and no request of the API waits for the provider."""

    def __init__(self, settings: CoreSettings) -> None:
        self.settings = settings
        self._known: Endpoints | None = None
        self._asked_at = 0.0

    @property
    def configured(self) -> bool:
        return bool(self.settings.staff_client_id)

    async def sign_in_url(
        self, redirect_uri: str, state: str, nonce: str, verifier: str, *, anew: bool
    ) -> str:
        """Where the browser is sent; `anew`: the provider asks who it is, even if it knows. Raises Unavailable."""
        endpoint = (await self._endpoints()).authorize
        asked = {
            "response_type": "code",
            "client_id": self.settings.staff_client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **({"prompt": "login"} if anew else {}),
        }
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(asked)}"

    async def id_token(self, code: str, verifier: str, redirect_uri: str) -> str:
        """The ID token for a code. Raises Unauthenticated when the provider refuses the code, Unavailable when it cannot be asked."""
        endpoints = await self._endpoints()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.settings.staff_client_id,
        }
        headers: dict[str, str] = {}
        if secret := self._secret():
            if endpoints.secret_in_body:
                form["client_secret"] = secret
            else:
                headers["Authorization"] = basic(self.settings.staff_client_id, secret)
        status, answer = await _ask("POST", endpoints.token, data=form, headers=headers)
        if status in (400, 401, 403):
            raise Unauthenticated("the provider refused the code")
        token = answer.get("id_token")
        if status != 200 or not isinstance(token, str):
            raise Unavailable("the provider gave no ID token")
        return token

    async def _endpoints(self) -> Endpoints:
        told = self.settings
        if told.staff_authorize_url and told.staff_token_url:
            return Endpoints(secure(told.staff_authorize_url), secure(told.staff_token_url))
        if self._known is None or time.monotonic() - self._asked_at > DISCOVER_EVERY:
            self._known = await self._discover()
            self._asked_at = time.monotonic()
        return self._known

    async def _discover(self) -> Endpoints:
        """Source: OpenID Connect Discovery 1.0, section 4."""
        issuer = self.settings.staff_issuer
        address = secure(issuer.rstrip("/") + "/.well-known/openid-configuration")
        status, found = await _ask("GET", address)
        if status != 200 or found.get("issuer") != issuer:
            raise Unavailable("the provider's configuration cannot be read")
        authorize, token = found.get("authorization_endpoint"), found.get("token_endpoint")
        if not isinstance(authorize, str) or not isinstance(token, str):
            raise Unavailable("the provider's configuration names no endpoints")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        in_body = "client_secret_basic" not in methods and "client_secret_post" in methods
        return Endpoints(secure(authorize), secure(token), in_body)

    def _secret(self) -> str:
        file = self.settings.staff_client_secret_file
        try:
            return file.read_text().strip() if file else ""
        except OSError as error:
            raise Unavailable("the client's secret cannot be read") from error


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def basic(client_id: str, secret: str) -> str:
    """Basic credentials of a client: both parts are form-encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def secure(address: str) -> str:
    """The address. Raises Unavailable for one that is neither https nor on this machine: codes and tokens travel there."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return address
    raise Unavailable("the provider's addresses must be https")


async def _ask(method: str, address: str, **more: Any) -> tuple[int, Mapping[str, Any]]:
    """(status, JSON object). Never follows a redirect: what is sent is for this address alone."""
    try:
        async with (
            aiohttp.ClientSession(timeout=TIMEOUT) as http,
            http.request(method, address, allow_redirects=False, **more) as answer,
        ):
            body = await answer.content.read(LARGEST_ANSWER)
            document = json.loads(body) if answer.content_type == "application/json" else {}
            return answer.status, document if isinstance(document, dict) else {}
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise Unavailable("the provider does not answer") from error
