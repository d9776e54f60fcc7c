"""Who is believed: API keys, staff tokens and residents' sessions, and everything that looks like one of them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.auth import POOL_ROLES, ROLES, SESSION_FOR, SESSION_ISSUER, Actor, Authenticator, session_expiry
from shared.clock import TOKYO, system_now
from shared.errors import Forbidden, Unauthenticated
from shared.keys import create_issuer, hash_of, issue, new_key, staff_token
from shared.registry import Registry
from shared.secrets import Secrets, create_missing
from shared.settings import CoreSettings
from shared.tenancy import POOL_SCOPES, SCOPES, ApiKey
from tests.harness import a_pool, a_tenant

EXP = timedelta(hours=1)


class Town:
    """Two declared municipalities, an issuer of staff tokens, and whoever checks credentials."""

    def __init__(self, folder: Path) -> None:
        self.issuer = folder / "issuer"
        create_issuer(self.issuer)
        for tenant in ("kyoto", "kameoka"):
            create_missing(folder / "secrets", tenant)
        self.secrets = Secrets(folder / "secrets")
        self.settings = CoreSettings(
            secrets_dir=folder / "secrets", staff_jwks=str(self.issuer / "jwks.json")
        )
        self.registry = Registry(None)  # type: ignore[arg-type]
        self.registry.tenants = {name: a_tenant(name) for name in ("kyoto", "kameoka")}
        self.authenticator = Authenticator(self.registry, self.secrets, self.settings)

    def key(self, **given: Any) -> str:
        fields = {
            "name": "test",
            "kind": "live",
            "scopes": ["residents:read"],
            "agency": None,
            "expires": None,
        }
        text, resource = issue("kyoto", **{**fields, **given})
        key = ApiKey.model_validate(resource)
        self.registry.keys[key.id] = key
        return text

    def signed(
        self,
        *without: str,
        key: Any = None,
        algorithm: str = "EdDSA",
        kid: str = "development",
        **claims: Any,
    ) -> str:
        """A staff token with other claims, another key or another algorithm than a real one."""
        now = system_now()
        real = {
            "iss": self.settings.staff_issuer,
            "aud": self.settings.staff_audience,
            "sub": "sample-staff",
            "iat": now,
            "exp": now + EXP,
            "banso_tenant": "kyoto",
            "banso_roles": ["staff"],
        }
        wanted = {k: v for k, v in {**real, **claims}.items() if k not in without}
        return jwt.encode(
            wanted, key or (self.issuer / "key.pem").read_bytes(), algorithm=algorithm, headers={"kid": kid}
        )

    def public_key(self) -> bytes:
        key = serialization.load_pem_private_key((self.issuer / "key.pem").read_bytes(), None)
        return key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def refuses(self, credential: str) -> bool:
        try:
            self.authenticator.authenticate(credential)
        except Unauthenticated:
            return True
        return False


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    return Town(tmp_path_factory.mktemp("town"))


def test_an_api_key_is_its_tenants_with_its_scopes(town: Town) -> None:
    actor = town.authenticator.authenticate(
        town.key(kind="test", scopes=["referrals:respond"], agency="sample-agency")
    )
    assert (actor.name.split(":")[0], actor.tenant, set(actor.scopes)) == (
        "key",
        "kyoto",
        {"referrals:respond"},
    )
    assert (actor.agency, actor.live, actor.resident_id) == ("sample-agency", False, None)
    actor.require("referrals:respond")
    with pytest.raises(Forbidden):
        actor.require("residents:read")
    with pytest.raises(Forbidden):
        actor.require_resident()


def test_a_key_is_believed_only_whole(town: Town) -> None:
    text = town.key()
    assert not town.refuses(text)
    kind, secret = text.split("_")[1], text.split("_", 3)[3]
    other = town.key()
    wrong = (
        text[:-1], text + "x", text.upper(), text.replace("live", "test"), f"banso_{kind}_unknown12345_{secret}",
        f"banso_{kind}_{other.split('_')[2]}_{secret}", "banso_", "banso_live", "banso_live__", "banso_live_é_é",
    )  # fmt: skip
    for credential in wrong:
        assert town.refuses(credential), credential


def test_a_key_is_good_on_its_last_day_in_tokyo_and_not_on_the_next(town: Town) -> None:
    today = system_now().astimezone(TOKYO).date()
    assert not town.refuses(town.key(expires=today))
    assert town.refuses(town.key(expires=today - timedelta(days=1)))


def test_a_key_is_rotated_by_a_second_one_and_withdrawn_by_deleting_it(town: Town) -> None:
    old, new = town.key(), town.key()
    assert not town.refuses(old) and not town.refuses(new)
    del town.registry.keys[old.split("_")[2]]
    assert town.refuses(old) and not town.refuses(new)


def test_a_key_file_holds_the_hash_and_nothing_of_the_secret() -> None:
    text, resource = issue("kyoto", "test", "live", ["residents:read"], None, None)
    written = json.dumps(resource)
    assert resource["spec"]["sha256"] == hash_of(text)
    assert text.split("_", 3)[3] not in written
    assert len(base64.urlsafe_b64decode(text.split("_", 3)[3] + "=")) == 32


def test_keys_are_never_made_twice() -> None:
    made = [new_key("live") for _ in range(200)]
    assert len({key_id for key_id, _ in made}) == len({text for _, text in made}) == 200


def test_nobody_is_believed_for_a_tenant_that_is_no_longer_declared(town: Town) -> None:
    text = town.key()
    session = town.authenticator.session("kyoto", "res_1")
    gone = town.registry.tenants.pop("kyoto")
    try:
        assert town.refuses(text) and town.refuses(session) and town.refuses(town.signed())
    finally:
        town.registry.tenants["kyoto"] = gone


def test_a_staff_token_has_the_scopes_of_its_roles(town: Town) -> None:
    token = staff_token(town.issuer, town.settings, "kyoto", "sample", ["counsellor", "unheard-of"], "cou_1")
    actor = town.authenticator.authenticate(token)
    assert (actor.tenant, actor.kind, actor.name) == ("kyoto", "staff", "staff:sample")
    assert (actor.scopes, actor.counsellor_id) == (ROLES["counsellor"], "cou_1")


def test_a_token_of_a_pool_has_the_pools_scopes_and_no_others(town: Town) -> None:
    town.registry.pools["sample-pool"] = a_pool()
    roles = ["staff", "counsellor", "auditor", "pool_counsellor"]
    actor = town.authenticator.authenticate(
        staff_token(town.issuer, town.settings, "sample-pool", "sample", roles, "cou_1")
    )
    assert (actor.tenant, actor.of_pool, actor.counsellor_id) == ("sample-pool", True, "cou_1")
    assert actor.scopes == {"pool:sessions"}
    operator = staff_token(town.issuer, town.settings, "sample-pool", "sample", ["pool_staff"])
    assert town.authenticator.authenticate(operator).scopes == {"pool:read", "pool:write"}


def test_the_roles_of_a_pool_say_nothing_at_a_municipality(town: Town) -> None:
    token = staff_token(town.issuer, town.settings, "kyoto", "sample", ["pool_counsellor", "pool_staff"])
    actor = town.authenticator.authenticate(token)
    assert (actor.of_pool, actor.scopes) == (False, frozenset())


def test_a_pool_has_neither_keys_nor_sessions(town: Town) -> None:
    town.registry.pools["sample-pool"] = a_pool()
    text, resource = issue("sample-pool", "test", "live", ["residents:read"], None, None)
    town.registry.keys[resource["metadata"]["name"]] = ApiKey.model_validate(resource)
    create_missing(town.settings.secrets_dir, "sample-pool")
    assert town.refuses(text)
    assert town.refuses(town.authenticator.session("sample-pool", "res_1"))
    with pytest.raises(ValidationError):
        issue("kyoto", "test", "live", ["pool:sessions"], None, None)


def test_roles_have_scopes_that_exist_and_an_auditor_only_reads() -> None:
    for scopes in POOL_ROLES.values():
        assert scopes <= set(POOL_SCOPES)
    assert not set(POOL_SCOPES) & set(SCOPES)
    for scopes in ROLES.values():
        assert scopes <= set(SCOPES)
    assert all(scope.endswith(":read") for scope in ROLES["auditor"])
    assert "referrals:respond" not in ROLES["staff"]


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: t.signed(exp=system_now() - EXP),
        lambda t: t.signed(iat=system_now() + EXP),
        lambda t: t.signed(nbf=system_now() + EXP),
        lambda t: t.signed("exp"),
        lambda t: t.signed("sub"),
        lambda t: t.signed("iat"),
        lambda t: t.signed("banso_tenant"),
        lambda t: t.signed(aud="somebody-else"),
        lambda t: t.signed(iss="https://elsewhere.example"),
        lambda t: t.signed(banso_tenant="osaka"),
        lambda t: t.signed(banso_tenant=["kyoto"]),
        lambda t: t.signed(banso_roles=[{"a": 1}]),
        lambda t: t.signed(banso_roles=None),
        lambda t: t.signed(kid="another"),
        lambda t: t.signed(key=Ed25519PrivateKey.generate()),
        lambda t: unsigned(t),
        # the public key is public: as an HMAC secret it must open nothing
        lambda t: forged_hmac(t, t.public_key(), "development"),
        lambda t: forged_hmac(t, t.public_key(), "kyoto"),
        lambda t: forged_hmac(t, json.dumps(json.loads((t.issuer / "jwks.json").read_text())).encode(), "kyoto"),
        lambda t: forged_hmac(t, b"", "kyoto"),
    ],
)  # fmt: skip
def test_a_staff_token_that_is_not_exactly_right_is_refused(town: Town, forge: Callable[[Town], str]) -> None:
    assert not town.refuses(town.signed())
    assert town.refuses(forge(town))


def unsigned(town: Town) -> str:
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"development"}').decode().rstrip("=")
    return f"{header}.{town.signed().split('.')[1]}."


def forged_hmac(town: Town, secret: bytes, kid: str) -> str:
    """HS256 by hand: the library refuses to sign with a key that is plainly a public one."""
    import hashlib
    import hmac

    def part(content: dict[str, Any]) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=")

    now = int(system_now().timestamp())
    claims = {"iss": SESSION_ISSUER, "sub": "res_1", "ten": "kyoto", "iat": now, "exp": now + 3600}
    staff = {"aud": town.settings.staff_audience, "banso_tenant": "kyoto", "banso_roles": ["staff"]}
    body = part({"alg": "HS256", "typ": "JWT", "kid": kid}) + b"." + part({**claims, **staff})
    seal = hmac.new(secret, body, hashlib.sha256).digest()
    return (body + b"." + base64.urlsafe_b64encode(seal).rstrip(b"=")).decode()


def test_a_session_is_one_residents_of_one_tenant(town: Town) -> None:
    actor = town.authenticator.authenticate(town.authenticator.session("kyoto", "res_1"))
    assert actor == Actor(tenant="kyoto", kind="resident", id="res_1", resident_id="res_1")
    assert actor.require_resident() == "res_1"
    for scope in SCOPES:
        with pytest.raises(Forbidden):
            actor.require(scope)


def test_a_session_ends_after_twelve_hours(town: Town) -> None:
    now = system_now()
    assert not town.refuses(town.authenticator.session("kyoto", "res_1", now - SESSION_FOR + EXP))
    assert town.refuses(town.authenticator.session("kyoto", "res_1", now - SESSION_FOR - EXP))
    assert session_expiry(datetime(2026, 12, 1, 12, tzinfo=TOKYO)) == datetime(2026, 12, 1, 15, tzinfo=UTC)


def test_the_session_of_one_tenant_is_worth_nothing_in_another(town: Town) -> None:
    now = system_now()
    real = {"iss": SESSION_ISSUER, "sub": "res_1", "ten": "kameoka", "iat": now, "exp": now + EXP}
    own = town.secrets.text("kameoka", "session_key")
    assert not town.refuses(jwt.encode(real, own, algorithm="HS256", headers={"kid": "kameoka"}))
    assert town.refuses(jwt.encode(real, own, algorithm="HS256", headers={"kid": "kyoto"}))
    assert town.refuses(
        jwt.encode({**real, "ten": "kyoto"}, own, algorithm="HS256", headers={"kid": "kameoka"})
    )
    assert town.refuses(jwt.encode(real, own, algorithm="HS256", headers={"kid": "../kameoka"}))
    assert town.refuses(jwt.encode(real, own, algorithm="HS256"))


@pytest.mark.parametrize("lacking", ["iss", "sub", "ten", "exp"])
def test_a_session_without_all_its_claims_is_refused(town: Town, lacking: str) -> None:
    now = system_now()
    claims = {"iss": SESSION_ISSUER, "sub": "res_1", "ten": "kyoto", "iat": now, "exp": now + EXP}
    del claims[lacking]
    secret = town.secrets.text("kyoto", "session_key")
    assert town.refuses(jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "kyoto"}))


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_garbage_is_refused_and_nothing_else_happens(town: Town, garbage: str) -> None:
    assert town.refuses(garbage)
    assert town.refuses(f"banso_live_{garbage}")
    assert town.refuses(f"{garbage}.{garbage}.{garbage}")


@pytest.mark.parametrize(
    "header", ["[" * 30_000, '{"alg":' * 9_000, '{"alg":["HS256"],"kid":{}}', "null", "9" * 9_000]
)
def test_a_header_made_to_break_the_reader_is_refused(town: Town, header: str) -> None:
    part = base64.urlsafe_b64encode(header.encode()).decode().rstrip("=")
    assert town.refuses(f"{part}.{part}.{part}")


def test_the_issuer_keeps_its_key(tmp_path: Path) -> None:
    create_issuer(tmp_path)
    before = (tmp_path / "key.pem").read_bytes()
    create_issuer(tmp_path)
    assert (tmp_path / "key.pem").read_bytes() == before
    assert (tmp_path / "key.pem").stat().st_mode & 0o077 == 0
    assert "d" not in json.loads((tmp_path / "jwks.json").read_text())["keys"][0]
