"""A whole Banso on this machine: up, down, status, and the means to break single processes."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from deploy.local import preflight
from deploy.local.declared import REPOSITORY, CommandFailed, sample_tenants
from deploy.local.gateway import Link, write_gateway
from deploy.local.plan import Plan, gateway_spec, nats_address, server_specs, service_specs, stand_in_specs
from deploy.local.ports import Ports
from deploy.local.preflight import CannotStart
from deploy.local.readiness import MongoReady, NatsReady
from deploy.local.services import NAMES
from deploy.local.supervisor import Report, StartFailed, Supervisor


class Stack(Supervisor):
    """The processes of one plan. `kill`, `pause`, `resume`, `start`, `stop`, `restart` take a process name:

    nats, mongo, line, partner, mail, issuer, intake, matching, booking, notify, gateway.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tenants = sample_tenants()
        specs = [
            *server_specs(plan),
            *stand_in_specs(plan, self.tenants),
            *service_specs(plan),
            gateway_spec(plan),
        ]
        super().__init__(plan.root, REPOSITORY, specs)

    @classmethod
    def running(cls, plan: Plan) -> "Stack":
        """The stack that was started below `plan.root`, with the ports and servers it was started with."""
        try:
            known = json.loads((plan.root / "run" / "plan.json").read_text())
        except (OSError, json.JSONDecodeError):
            return cls(plan)
        ports = Ports(**known.pop("ports"))
        return cls(Plan(root=plan.root, ports=ports, **known))

    def up(self, report: Report) -> bool:
        """Start everything and wait until it is ready. False when it was running already.

        Raises CannotStart before anything was started, StartFailed or CommandFailed after everything was stopped again.
        """
        with self._alone():
            if self._is_running(report):
                return False
            self._check()
            self._remember()
            try:
                self._start_in_order(report)
            except (StartFailed, CommandFailed, KeyboardInterrupt):
                report("that did not work: stopping what was started")
                self.stop_all(report)
                raise
        return True

    def down(self, report: Report) -> bool:
        """Stop everything; data stay. False when nothing was running."""
        with self._alone():
            running = [name for name, process in self.processes.items() if process.pid() is not None]
            if running:
                self.stop_all(report)
            return bool(running)

    def reset(self, report: Report) -> None:
        """Stop everything and forget data, keys, secrets and logs of this stack (not those of external servers)."""
        self.down(report)
        for name in ("data", "keys", "secrets", "issuer", "declared", "gateway", "logs", "run"):
            shutil.rmtree(self.plan.root / name, ignore_errors=True)

    def key(self, tenant: str, name: str) -> str:
        """Plain text of an API key of a sample tenant (`staff` or `partner`)."""
        return self.plan.materials.key_file(tenant, name).read_text().strip()

    def _start_in_order(self, report: Report) -> None:
        report("preparing secrets, keys and pages")
        self.plan.materials.create_missing(self.tenants)
        write_gateway(self.plan.root / "gateway", self.plan.ports, self.tenants, self._other_links())
        first = [name for name in self.waves()[0] if name not in NAMES]
        report("starting " + ", ".join(first))
        self.start_wave(first, report)
        report("declaring the sample municipalities")
        self.plan.materials.apply(self.plan.nats)
        report("starting " + ", ".join(NAMES))
        self.start_wave(list(NAMES), report)
        report("starting the gateway")
        self.start_wave(["gateway"], report)

    def _other_links(self) -> list[Link]:
        return [
            Link("模擬LINE（届いたメッセージ）", self.plan.url("line") + "/"),
            Link("届いたメール", self.plan.url("mail") + "/"),
        ]

    def _is_running(self, report: Report) -> bool:
        current = Stack.running(self.plan)
        if all(process.pid() is None for process in current.processes.values()):
            return False
        missing = [status.name for status in current.status() if status.state != "ready"]
        if not missing:
            return True
        report(f"found a half-started stack ({', '.join(missing)} not ready): stopping the rest first")
        current.stop_all(report)
        return False

    def _check(self) -> None:
        preflight.check_platform()
        plan = self.plan
        if plan.mongo_url is not None:
            preflight.check_external("BANSO_MONGO_URL", plan.mongo_url, MongoReady(plan.mongo_url))
        if plan.nats_url is not None:
            preflight.check_external("BANSO_NATS_URL", plan.nats_url, NatsReady(*nats_address(plan.nats_url)))
        preflight.check_ports((process.spec for process in self.processes.values()), [plan.ports.smtp])

    def _remember(self) -> None:
        run = self.plan.root / "run"
        run.mkdir(parents=True, exist_ok=True)
        (self.plan.root / "data").mkdir(exist_ok=True)
        known = asdict(self.plan)
        del known["root"]
        file = run / "plan.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps(known))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One `up` or `down` at a time below a root."""
        self.plan.root.mkdir(parents=True, exist_ok=True)
        with Path(self.plan.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotStart(
                    f"another `make up` or `make down` is at work in {self.plan.root}: wait for it"
                ) from None
            yield
