"""The local stack as data: which processes, with which arguments, in which order."""

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.declared import REPOSITORY, SAMPLE_TENANTS, Materials
from deploy.local.ports import HOST, Ports
from deploy.local.preflight import tool
from deploy.local.process import ProcessSpec
from deploy.local.readiness import HttpReady, MongoReady, NatsReady
from deploy.local.services import NAMES
from shared.tenancy import Tenant

SERVICE_STOP_SECONDS = 55.0
MUNICIPALITIES = SAMPLE_TENANTS.parent / "sample" / "municipalities.csv"
"""Where the made-up municipalities lie."""


@dataclass(frozen=True)
class Plan:
    """Everything that distinguishes one stack from another.

    `mongo_url` / `nats_url` point at servers of your own; None starts the embedded ones. `service_env` is laid over
    the environment of the four services.
    """

    root: Path
    ports: Ports = field(default_factory=Ports)
    mongo_url: str | None = None
    nats_url: str | None = None
    database_prefix: str = "banso"
    service_env: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Plan":
        """The stack that `make up` means: `.local`, default ports, BANSO_MONGO_URL and BANSO_NATS_URL respected."""
        return cls(
            root=REPOSITORY / environment.get("BANSO_LOCAL_DIR", ".local"),
            ports=Ports.from_environment(environment),
            mongo_url=environment.get("BANSO_MONGO_URL") or None,
            nats_url=environment.get("BANSO_NATS_URL") or None,
            database_prefix=environment.get("BANSO_DATABASE_PREFIX", "banso"),
        )

    @property
    def data(self) -> Path:
        """Where servers and stand-ins keep what must survive `make down`."""
        return self.root.resolve() / "data"

    @property
    def materials(self) -> Materials:
        return Materials(self.root.resolve())

    @property
    def mongo(self) -> str:
        """Connection string of the database in use."""
        return (
            self.mongo_url or f"mongodb://{HOST}:{self.ports.mongo}/?directConnection=true&retryWrites=false"
        )

    @property
    def nats(self) -> str:
        """Address of the NATS server in use."""
        return self.nats_url or f"nats://{HOST}:{self.ports.nats}"

    @property
    def gateway(self) -> str:
        """Address of the gateway for people; a tenant's pages have the tenant's host instead of localhost."""
        return f"http://localhost:{self.ports.gateway}"

    @property
    def issuer(self) -> str:
        """The development issuer: whom staff sign in with here."""
        return f"http://localhost:{self.ports.issuer}"

    def url(self, name: str) -> str:
        """`http://127.0.0.1:<port>` of the gateway, a service or a stand-in (`line`, `partner`, `mail`, `issuer`)."""
        return f"http://{HOST}:{asdict(self.ports)[name]}"

    def environment(self) -> dict[str, str]:
        """Environment of every process of Banso in this stack, also right for the commands of shared/."""
        return {
            "BANSO_MONGO_URL": self.mongo,
            "BANSO_NATS_URL": self.nats,
            "BANSO_DATABASE_PREFIX": self.database_prefix,
            "BANSO_SECRETS_DIR": str(self.materials.secrets),
            "BANSO_STAFF_ISSUER": self.issuer,
            "BANSO_STAFF_AUDIENCE": "banso",
            "BANSO_STAFF_CLIENT_ID": "banso",
            "BANSO_STAFF_JWKS": str(self.materials.issuer / "jwks.json"),
            "BANSO_PUBLIC_URL": self.gateway,
            "BANSO_TEST_CLOCK": "1",
            "MATCHING_MUNICIPALITIES": str(MUNICIPALITIES),
            "NOTIFY_LINE_API_URL": self.url("line"),
            "NOTIFY_SMTP_HOST": HOST,
            "NOTIFY_SMTP_PORT": str(self.ports.smtp),
            "NOTIFY_MAIL_FROM": "banso@localhost.example",
            "NOTIFY_ALLOW_PRIVATE_WEBHOOKS": "1",
            "PYTHONUNBUFFERED": "1",
        }


def server_specs(plan: Plan) -> list[ProcessSpec]:
    """The embedded servers, as far as the plan does not point elsewhere."""
    specs = []
    if plan.nats_url is None:
        specs.append(_nats(plan, plan.ports.nats))
    if plan.mongo_url is None:
        specs.append(_mongo(plan, plan.ports.mongo))
    return specs


def _nats(plan: Plan, port: int) -> ProcessSpec:
    argv = [tool("nats-server"), "-a", HOST, "-p", str(port), "-js", "-sd", str(plan.data / "nats")]
    return ProcessSpec("nats", tuple(argv), NatsReady(HOST, port), port)


def _mongo(plan: Plan, port: int) -> ProcessSpec:
    argv = [
        tool("secantusd-py"),
        "--host",
        HOST,
        "--port",
        str(port),
        "--storage-path",
        str(plan.data / "mongo"),
    ]
    argv += ["--sync-on-commit", "--log-level", "WARNING"]
    return ProcessSpec("mongo", tuple(argv), MongoReady(plan.mongo), port)


def stand_in_specs(plan: Plan, tenants: list[Tenant]) -> list[ProcessSpec]:
    """The mock LINE platform, the sample partner agency (of the first tenant), the mail server, the issuer of sample staff."""
    line = ["--port", str(plan.ports.line), "--journal", str(plan.data / "line.jsonl")]
    for tenant in tenants:
        line += ["--channel", _channel(plan, tenant)]
    key_file = str(plan.materials.key_file(tenants[0].id, "partner"))
    partner = [
        "--port",
        str(plan.ports.partner),
        "--base-url",
        plan.url("gateway"),
        "--api-key-file",
        key_file,
    ]
    partner += ["--secret-file", str(plan.data / "partner.secret")]
    mail = ["--smtp-port", str(plan.ports.smtp), "--http-port", str(plan.ports.mail)]
    issuer = ["--port", str(plan.ports.issuer), "--key-dir", str(plan.materials.issuer)]
    issuer += ["--declared", str(SAMPLE_TENANTS), "--base-url", plan.url("gateway")]
    return [
        _stand_in(plan, "line", "/_fake/ready", line),
        _stand_in(plan, "partner", "/_fake/ready", partner),
        _stand_in(plan, "mail", "/_fake/messages", mail),
        _stand_in(plan, "issuer", "/_fake/ready", issuer),
    ]


def _stand_in(plan: Plan, name: str, ready: str, options: list[str]) -> ProcessSpec:
    argv = (sys.executable, "-m", f"tests.fakes.{name}", *options)
    return ProcessSpec(name, argv, HttpReady(plan.url(name) + ready), asdict(plan.ports)[name])


def service_specs(plan: Plan) -> list[ProcessSpec]:
    """The four services, each api and worker in one process."""
    return [
        ProcessSpec(
            name=name,
            argv=(sys.executable, "-m", f"services.{name}", "all"),
            ready=HttpReady(plan.url(name) + "/readyz"),
            port=asdict(plan.ports)[name],
            env={
                **plan.environment(),
                f"{name.upper()}_HOST": HOST,
                f"{name.upper()}_PORT": str(asdict(plan.ports)[name]),
                **plan.service_env,
            },
            needs=("nats", "mongo", "line", "partner", "mail", "issuer"),
            stop_seconds=SERVICE_STOP_SECONDS,
        )
        for name in NAMES
    ]


def gateway_spec(plan: Plan) -> ProcessSpec:
    """Caddy in front of the services."""
    directory = plan.root.resolve() / "gateway"
    argv = (tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(directory / "Caddyfile"))
    env = {"XDG_DATA_HOME": str(directory), "XDG_CONFIG_HOME": str(directory), "HOME": str(directory)}
    return ProcessSpec(
        "gateway", argv, HttpReady(plan.url("gateway") + "/"), plan.ports.gateway, env, needs=NAMES
    )


def _channel(plan: Plan, tenant: Tenant) -> str:
    secrets = plan.materials.secrets / tenant.id
    fields = {
        "tenant": tenant.id,
        "secret-file": secrets / "line_channel_secret",
        "token-file": secrets / "line_access_token",
        "webhook": f"{plan.url('gateway')}/intake/line/{tenant.id}",
        "destination": tenant.spec.line.bot_user_id if tenant.spec.line else "",
    }
    return ",".join(f"{name}={value}" for name, value in fields.items())


def nats_address(url: str) -> tuple[str, int]:
    """Host and port of a `nats://` address (the first of several)."""
    parts = urlsplit(url.split(",")[0])
    return parts.hostname or HOST, parts.port or 4222
