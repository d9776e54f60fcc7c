"""Who asks, and for which municipality: read from the credential, never from a body or a query.

API key        `Authorization: Bearer banso_live_…`    a municipality's system, or a partner agency (scopes of the key)
staff token    `Authorization: Bearer <JWT>`            a person at a municipality, or of a pool (OIDC; scopes by role)
signed in      cookie, on pages only                    the same person on a page (ID token; shared/web/signing_in.py)
session        `Authorization: Bearer <JWT>` or cookie  a resident, anonymous by default (only what is their own)
company        cookie, on matching's company pages only  a company that opened its one-time link (only what is its own)
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import jwt

from shared.clock import TOKYO, system_now
from shared.errors import Forbidden, Unauthenticated
from shared.keys import hash_of
from shared.registry import Registry
from shared.secrets import MissingSecret, Secrets
from shared.settings import CoreSettings
from shared.staff_keys import StaffKeys
from shared.tenancy import POOL_SCOPES, SCOPES

SESSION_COOKIE = "banso_session"
SESSION_FOR = timedelta(hours=12)
SESSION_ISSUER = "banso-session"
COMPANY_COOKIE = "banso_company"
COMPANY_ISSUER = "banso-company"
"""Another issuer than a resident's: neither is ever taken for the other, and the API takes no company's at all."""
CLOCK_LEEWAY = 30

_READING = frozenset(scope for scope in SCOPES if scope.endswith(":read"))
ROLES: dict[str, frozenset[str]] = {
    "staff": frozenset(SCOPES) - {"referrals:respond"},
    "counsellor": frozenset(
        {
            "residents:read",
            "consultations:read",
            "timeline:read",
            "referrals:read",
            "slates:read",
            "offers:read",
            "counsellors:read",
            "appointments:read",
            "appointments:write",
        }
    ),
    "auditor": _READING,
}
POOL_ROLES: dict[str, frozenset[str]] = {
    "pool_counsellor": frozenset({"pool:sessions"}),
    "pool_staff": frozenset(POOL_SCOPES) - {"pool:sessions"},
}
"""What the roles of a token say when `banso_tenant` is a pool: nothing else does then, and these say nothing at a municipality."""


@dataclass(frozen=True)
class Actor:
    """A caller whose credential was checked. `name` identifies it in events and the audit log (ids only).

    `tenant` is a pool's id when `of_pool`: such an actor belongs to no municipality. `session_epoch`: under which number a company's
    session was made; whoever knows the company knows whether those are over.
    """

    tenant: str
    kind: Literal["key", "staff", "resident", "company"]
    id: str
    scopes: frozenset[str] = frozenset()
    resident_id: str | None = None
    counsellor_id: str | None = None
    company_id: str | None = None
    session_epoch: int = 0
    agency: str | None = None
    live: bool = True
    of_pool: bool = False

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.id}"

    def require(self, scope: str) -> None:
        """Raises Forbidden when the credential lacks `scope`."""
        if scope not in self.scopes:
            raise Forbidden(f"this credential lacks the scope {scope}", scope=scope)

    def require_resident(self) -> str:
        """The resident who asks. Raises Forbidden for anybody else."""
        if self.resident_id is None:
            raise Forbidden("only a resident's own session may do this")
        return self.resident_id


@dataclass(frozen=True)
class SignedIn:
    """Somebody who signed in on a page, until `until` (UTC)."""

    actor: Actor
    until: datetime


class Authenticator:
    """Turns a credential into an Actor. Everything it needs is in memory or in files: no call to another service."""

    def __init__(
        self,
        registry: Registry,
        secrets: Secrets,
        settings: CoreSettings,
        key_used: Callable[[str], None] = lambda key_id: None,
    ) -> None:
        self.registry = registry
        self.secrets = secrets
        self.settings = settings
        self.key_used = key_used
        self.staff_keys = StaffKeys(settings.staff_jwks)

    def authenticate(self, credential: str) -> Actor:
        """Raises Unauthenticated, without saying which part was wrong; Unavailable while the staff's keys are not known yet."""
        actor = self._key(credential) if credential.startswith("banso_") else self._token(credential)
        if self.registry.tenant(actor.tenant) is None and not actor.of_pool:
            raise Unauthenticated("the credential is not valid")
        return actor

    def signed_in(self, id_token: str, *, nonce: str | None = None) -> SignedIn:
        """Who an ID token of the staff's provider speaks of; `nonce` is the one that the sign-in was begun with.

        Raises Unauthenticated, Unavailable. Source: OpenID Connect Core 1.0, 3.1.3.7.
        """
        client = self.settings.staff_client_id
        try:
            key_id = str(jwt.get_unverified_header(id_token).get("kid", ""))
            claims = self._staff_claims(id_token, key_id, client)
            if claims.get("azp", client) != client or not client:
                raise ValueError("the token was made for another application")
            if nonce is not None and not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
                raise ValueError("the token belongs to another sign-in")
            actor = self._person(claims)
        except (jwt.PyJWTError, KeyError, OSError, TypeError, ValueError) as error:
            raise Unauthenticated("the sign-in is not valid") from error
        if self.registry.tenant(actor.tenant) is None and not actor.of_pool:
            raise Unauthenticated("the sign-in is not valid")
        return SignedIn(actor, datetime.fromtimestamp(claims["exp"], UTC))

    def session(self, tenant: str, resident_id: str, now: datetime | None = None) -> str:
        """A resident's session for twelve hours, signed with the tenant's session key."""
        return self._issued(SESSION_ISSUER, tenant, resident_id, now)

    def company_session(
        self, tenant: str, company_id: str, now: datetime | None = None, *, epoch: int = 0
    ) -> str:
        """A company's session for twelve hours, of the number `epoch`, signed with the tenant's session key."""
        return self._issued(COMPANY_ISSUER, tenant, company_id, now, {"epoch": epoch})

    def company(self, tenant: str, token: str) -> Actor:
        """The company whose session this is, at that municipality. It has no scopes. Raises Unauthenticated."""
        if self.registry.tenant(tenant) is None:
            raise Unauthenticated("the credential is not valid")
        try:
            claims = self._read(COMPANY_ISSUER, tenant, token)
            epoch = int(claims.get("epoch", 0))
        except (jwt.PyJWTError, KeyError, MissingSecret, TypeError, ValueError) as error:
            raise Unauthenticated("the credential is not valid") from error
        return Actor(
            tenant=tenant, kind="company", id=claims["sub"], company_id=claims["sub"], session_epoch=epoch
        )

    def _issued(
        self, issuer: str, tenant: str, who: str, now: datetime | None, more: Mapping[str, int] | None = None
    ) -> str:
        issued = now or system_now()
        expiry = issued + SESSION_FOR
        claims = {"iss": issuer, "sub": who, "ten": tenant, "iat": issued, "exp": expiry, **(more or {})}
        key = self.secrets.text(tenant, "session_key")
        return jwt.encode(claims, key, algorithm="HS256", headers={"kid": tenant})

    def _key(self, text: str) -> Actor:
        parts = text.split("_", 3)
        key = self.registry.keys.get(parts[2]) if len(parts) == 4 else None
        if key is None or not hmac.compare_digest(key.spec.sha256, hash_of(text)):
            raise Unauthenticated("the credential is not valid")
        if key.spec.expires and system_now().astimezone(TOKYO).date() > key.spec.expires:
            raise Unauthenticated("the API key has expired")
        self.key_used(key.id)
        return Actor(
            tenant=key.spec.tenant,
            kind="key",
            id=key.id,
            scopes=frozenset(key.spec.scopes),
            agency=key.spec.agency,
            live=key.spec.key_kind == "live",
        )

    def _token(self, token: str) -> Actor:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") == "HS256":
                return self._resident(token, str(header.get("kid", "")))
            return self._staff(token, str(header.get("kid", "")))
        except (jwt.PyJWTError, KeyError, MissingSecret, OSError, TypeError, ValueError) as error:
            raise Unauthenticated("the credential is not valid") from error

    def _resident(self, token: str, tenant: str) -> Actor:
        if self.registry.tenant(tenant) is None:
            raise Unauthenticated("the credential is not valid")
        claims = self._read(SESSION_ISSUER, tenant, token)
        return Actor(tenant=tenant, kind="resident", id=claims["sub"], resident_id=claims["sub"])

    def _read(self, issuer: str, tenant: str, token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            self.secrets.text(tenant, "session_key"),
            algorithms=["HS256"],
            issuer=issuer,
            leeway=CLOCK_LEEWAY,
            options={"require": ["exp", "iat", "sub", "ten"]},
        )
        if claims["ten"] != tenant:
            raise Unauthenticated("the credential is not valid")
        return claims

    def _staff(self, token: str, key_id: str) -> Actor:
        return self._person(self._staff_claims(token, key_id, self.settings.staff_audience))

    def _staff_claims(self, token: str, key_id: str, audience: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(
            token,
            self.staff_keys.key(key_id),
            algorithms=["EdDSA", "RS256", "ES256"],
            issuer=self.settings.staff_issuer,
            audience=audience,
            leeway=CLOCK_LEEWAY,
            options={"require": ["exp", "iat", "sub"]},
        )
        return claims

    def _person(self, claims: dict[str, Any]) -> Actor:
        tenant = str(claims["banso_tenant"])
        of_pool = self.registry.tenant(tenant) is None and self.registry.pool(tenant) is not None
        known = POOL_ROLES if of_pool else ROLES
        roles = claims.get("banso_roles", [])
        scopes: frozenset[str] = frozenset().union(*(known.get(role, frozenset()) for role in roles))
        return Actor(
            tenant=tenant,
            kind="staff",
            id=claims["sub"],
            scopes=scopes,
            counsellor_id=claims.get("banso_counsellor_id"),
            of_pool=of_pool,
        )


def session_expiry(now: datetime) -> datetime:
    """When a session made `now` ends, UTC."""
    return (now + SESSION_FOR).astimezone(UTC)
