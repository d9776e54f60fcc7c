"""Credentials for people and machines, from the command line.

python -m shared.keys issue --tenant T --name N --kind live|test --scopes a,b [--agency A] [--expires DATE] --out KEY.yaml
    a new API key: its text is printed once; KEY.yaml holds only the hash, to be applied by `shared.declare`.
    Rotation: issue a second one, apply it, give the first an `expires`.
python -m shared.keys secrets --dir DIR --tenant T      the tenant's secret files, where missing
python -m shared.keys issuer --dir DIR                  a development issuer of staff tokens (key.pem, jwks.json)
python -m shared.keys token --dir DIR --tenant T --subject S --roles staff,counsellor [--counsellor-id C]
    a staff token of the development issuer, valid for twelve hours
"""

import argparse
import hashlib
import json
import secrets
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jwt
import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from pydantic import ValidationError

from shared.clock import system_now
from shared.secrets import create_missing
from shared.settings import CoreSettings
from shared.tenancy import ApiKey

KEY_ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
DEVELOPMENT_KID = "development"


def new_key(kind: str) -> tuple[str, str]:
    """(key id, key text): `banso_<kind>_<key id>_<secret>`, the secret being 256 random bits."""
    key_id = "".join(secrets.choice(KEY_ID_ALPHABET) for _ in range(12))
    return key_id, f"banso_{kind}_{key_id}_{secrets.token_urlsafe(32)}"


def hash_of(key_text: str) -> str:
    """SHA-256, hex: enough for a secret of 256 random bits, which nobody can guess."""
    return hashlib.sha256(key_text.encode()).hexdigest()


def issue(
    tenant: str, name: str, kind: str, scopes: list[str], agency: str | None, expires: date | None
) -> tuple[str, dict[str, Any]]:
    """(key text, ApiKey resource). Raises ValidationError for a scope that does not exist."""
    key_id, text = new_key(kind)
    resource = ApiKey.model_validate(
        {
            "kind": "ApiKey",
            "metadata": {"name": key_id},
            "spec": {
                "tenant": tenant,
                "name": name,
                "keyKind": kind,
                "sha256": hash_of(text),
                "scopes": scopes,
                "agency": agency,
                "expires": expires,
            },
        }
    )
    return text, resource.model_dump(mode="json", by_alias=True, exclude_none=True)


def create_issuer(directory: Path) -> None:
    """A key pair for development: `key.pem` signs, `jwks.json` is what services are pointed at. Keeps what exists."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if (directory / "key.pem").exists():
        return
    key = Ed25519PrivateKey.generate()
    public = {
        **json.loads(OKPAlgorithm.to_jwk(key.public_key())),
        "kid": DEVELOPMENT_KID,
        "use": "sig",
        "alg": "EdDSA",
    }
    (directory / "key.pem").touch(mode=0o600)
    (directory / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    (directory / "jwks.json").write_text(json.dumps({"keys": [public]}))


def staff_token(
    directory: Path,
    settings: CoreSettings,
    tenant: str,
    subject: str,
    roles: list[str],
    counsellor_id: str | None = None,
) -> str:
    """A JWT of the development issuer, valid for twelve hours of system time."""
    claims = {
        "iss": settings.staff_issuer,
        "aud": settings.staff_audience,
        "sub": subject,
        "banso_tenant": tenant,
        "banso_roles": roles,
        **({"banso_counsellor_id": counsellor_id} if counsellor_id else {}),
    }
    return issued(directory, claims, timedelta(hours=12))


def issued(directory: Path, claims: Mapping[str, Any], lasting: timedelta) -> str:
    """A JWT with `claims`, signed (EdDSA) with the key of the development issuer, valid from now on for `lasting`."""
    now = system_now()
    key = (directory / "key.pem").read_bytes()
    timed = {**claims, "iat": now, "exp": now + lasting}
    return jwt.encode(timed, key, algorithm="EdDSA", headers={"kid": DEVELOPMENT_KID})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m shared.keys", description="Credentials.")
    actions = parser.add_subparsers(dest="action", required=True)
    new = actions.add_parser("issue")
    new.add_argument("--tenant", required=True)
    new.add_argument("--name", required=True)
    new.add_argument("--kind", choices=["live", "test"], default="live")
    new.add_argument("--scopes", required=True, type=lambda text: text.split(","))
    new.add_argument("--agency")
    new.add_argument("--expires", type=date.fromisoformat)
    new.add_argument("--out", required=True, type=Path)
    files = actions.add_parser("secrets")
    files.add_argument("--dir", required=True, type=Path)
    files.add_argument("--tenant", required=True)
    actions.add_parser("issuer").add_argument("--dir", required=True, type=Path)
    token = actions.add_parser("token")
    token.add_argument("--dir", required=True, type=Path)
    token.add_argument("--tenant", required=True)
    token.add_argument("--subject", required=True)
    token.add_argument("--roles", required=True, type=lambda text: text.split(","))
    token.add_argument("--counsellor-id")
    args = parser.parse_args()
    if args.action == "secrets":
        for name in create_missing(args.dir, args.tenant):
            print(f"{args.tenant}/{name} created")
    elif args.action == "issuer":
        create_issuer(args.dir)
    elif args.action == "token":
        print(
            staff_token(args.dir, CoreSettings(), args.tenant, args.subject, args.roles, args.counsellor_id)
        )
    else:
        _issue_to_file(args)


def _issue_to_file(args: argparse.Namespace) -> None:
    try:
        text, resource = issue(args.tenant, args.name, args.kind, args.scopes, args.agency, args.expires)
    except ValidationError as error:
        print(error.errors(include_url=False)[0]["msg"], file=sys.stderr)
        raise SystemExit(1) from error
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(yaml.safe_dump(resource, sort_keys=False, allow_unicode=True))
    print(text)


if __name__ == "__main__":
    main()
