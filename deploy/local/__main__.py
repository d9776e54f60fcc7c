"""`python -m deploy.local up|down|status|logs|demo|run|reset`, and kill|pause|resume|start|stop|restart NAME."""

import argparse
import os
import subprocess
import sys

from deploy.local.declared import REPOSITORY, CommandFailed
from deploy.local.demo.terminal import pad
from deploy.local.gateway import company_links, resident_links, staff_links
from deploy.local.plan import Plan
from deploy.local.preflight import CannotStart, without_password
from deploy.local.services import NAMES
from deploy.local.stack import Stack
from deploy.local.supervisor import StartFailed
from shared.errors import BansoError

ON_ONE = ("kill", "pause", "resume", "start", "stop", "restart")


def say(line: str) -> None:
    """One line of progress, seen at once."""
    print(line, flush=True)


def up(args: argparse.Namespace) -> int:
    """Start everything, walk the sample journey, say where to look next."""
    wanted = Plan.from_environment(os.environ)
    if not Stack(wanted).up(say):
        say(
            f"Banso is running already: {Stack.running(wanted).plan.gateway} (make status, make demo, make down)"
        )
        return 0
    code = 0 if args.no_demo else demo(args)
    where_to_look(Stack.running(wanted))
    return code


def down(_: argparse.Namespace) -> int:
    """Stop everything; data stay."""
    stopped = _running().down(say)
    say("stopped; data are kept in .local (make reset forgets them)" if stopped else "nothing was running")
    return 0


def status(_: argparse.Namespace) -> int:
    """A table of the processes."""
    stack = _running()
    rows = stack.status()
    say(f"{'process':<10}{'state':<11}{'port':<7}{'pid':<9}")
    for row in rows:
        say(f"{row.name:<10}{row.state:<11}{row.port:<7}{row.pid or '-':<9}{row.detail}".rstrip())
    for name, url in (("mongo", stack.plan.mongo_url), ("nats", stack.plan.nats_url)):
        if url is not None:
            say(f"{name:<10}{'external':<11}{without_password(url)}")
    if all(row.state == "stopped" for row in rows):
        say("nothing is running: make up")
    return 0


def logs(args: argparse.Namespace) -> int:
    """The end of the logs of one process or of all; follows on a terminal until Ctrl-C."""
    stack = _running()
    names = [args.name] if args.name else list(stack.processes)
    unknown = [name for name in names if name not in stack.processes]
    if unknown:
        raise CannotStart(f"there is no process {unknown[0]}: choose one of {', '.join(stack.processes)}")
    files = [str(stack.processes[name].log) for name in names if stack.processes[name].log.exists()]
    if not files:
        raise CannotStart("there are no logs yet: run `make up` first")
    follow = ["-F"] if sys.stdout.isatty() else []
    try:
        return subprocess.run(
            ["tail", "-n", "200" if args.name else "15", *follow, *files], check=False
        ).returncode
    except KeyboardInterrupt:
        return 0


def demo(_: argparse.Namespace) -> int:
    """The sample journey against the running stack."""
    return _run_module("deploy.local.demo")


def run(args: argparse.Namespace) -> int:
    """`run MODULE ARGUMENTS...`: a command of shared/ with this stack's environment."""
    return _run_module(args.module, *args.arguments)


def _run_module(module: str, *arguments: str) -> int:
    plan = _running().plan
    environment = {**os.environ, **plan.environment(), "BANSO_LOCAL_DIR": str(plan.root)}
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=environment, check=False).returncode


def reset(_: argparse.Namespace) -> int:
    """Forget the data."""
    stack = _running()
    stack.reset(say)
    say("forgotten: data, keys, secrets and logs of the local stack")
    if stack.plan.mongo_url or stack.plan.nats_url:
        say("data on BANSO_MONGO_URL / BANSO_NATS_URL were not touched")
    return 0


def on_one(args: argparse.Namespace) -> int:
    """kill, pause, resume, start, stop or restart one process."""
    stack = _running()
    if args.name not in stack.processes:
        raise CannotStart(f"there is no process {args.name}: choose one of {', '.join(stack.processes)}")
    getattr(stack, args.action)(args.name)
    return 0


def where_to_look(stack: Stack) -> None:
    """Addresses and commands to go on with."""
    plan = stack.plan
    say("\nWhere to look next")
    found = [("start page", plan.gateway)]
    for tenant in stack.tenants:
        for links in (resident_links, staff_links, company_links):
            found += [
                (f"{tenant.spec.short_name} {link.title}", link.url) for link in links(tenant, plan.ports)
            ]
    found += [(f"{name} API", f"{plan.gateway}/{name}/docs") for name in NAMES]
    found += [("LINE inboxes", f"{plan.url('line')}/"), ("mail inbox", f"{plan.url('mail')}/")]
    for title, url in found:
        say(f"  {pad(title, 20)} {url}")
    say("  staff sign in as samples, without a password, on this computer only")
    say("  make status | make logs S=intake | make demo | make down | make reset")


def _running() -> Stack:
    return Stack.running(Plan.from_environment(os.environ))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.local", description="Banso on this machine.")
    actions = parser.add_subparsers(dest="action", required=True)
    for function in (up, down, status, logs, demo, run, reset):
        action = actions.add_parser(function.__name__, help=(function.__doc__ or "").splitlines()[0])
        action.set_defaults(perform=function)
        if function is up:
            action.add_argument("--no-demo", action="store_true", help="do not walk the sample journey")
        if function is run:
            action.add_argument("module", help="e.g. shared.deadletters")
            action.add_argument("arguments", nargs=argparse.REMAINDER)
        if function is logs:
            action.add_argument("name", nargs="?", help="a process, e.g. intake")
    for name in ON_ONE:
        action = actions.add_parser(name, help=f"{name} one process")
        action.add_argument("name")
        action.set_defaults(perform=on_one)
    return parser


def main() -> int:
    """Run one action; a failure that people can mend is one line on stderr."""
    args = _parser().parse_args()
    try:
        result: int = args.perform(args)
    except (CannotStart, StartFailed, CommandFailed, BansoError, ValueError) as error:
        print(f"make {args.action}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"make {args.action}: interrupted", file=sys.stderr)
        return 130
    return result


if __name__ == "__main__":
    raise SystemExit(main())
