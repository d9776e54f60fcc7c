"""`python -m tests.fakes.issuer --port 8192 --key-dir DIR --declared DIR`: sample people sign in on this machine."""

import argparse
from pathlib import Path

from shared.keys import staff_token
from shared.settings import CoreSettings
from tests.fakes.issuer.people import Declared
from tests.fakes.issuer.provider import Issuer, build_app
from tests.fakes.serving import serve


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.fakes.issuer", description="a development OpenID provider")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--key-dir", type=Path, required=True, help="made by `shared.keys issuer`")
    parser.add_argument("--declared", type=Path, required=True, help="YAML of the sample municipalities")
    parser.add_argument("--base-url", default="", help="Banso's gateway, to know the counsellors")
    args = parser.parse_args()
    url = f"http://localhost:{args.port}"
    settings = CoreSettings(staff_issuer=url)

    def token_for(home: str, role: str) -> str:
        return staff_token(args.key_dir, settings, home, "sample-issuer", [role])

    people = Declared(args.declared, args.base_url, token_for)
    serve(build_app(Issuer(url, args.key_dir, people.at)), args.port)


if __name__ == "__main__":
    main()
