"""Rules stay pure: every module of a service that is not named here as an edge or a use case is a domain module, and imports nothing
but the language, other rules and the shared words."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ("intake", "matching", "booking", "notify")

EDGES = {
    "__init__",
    "__main__",
    "app",
    "settings",
    "routes",
    "pages",
    "consumers",
    "reactions",
    "store",
    "providers",
}

# What brings rules, store and clock together, or speaks to the world. New rules belong into a module of their own instead.
USE_CASES = {
    "intake": {"conversation", "guide", "importing", "line_desk", "line_queue", "referring"},
    "matching": {
        "admitting",
        "advertising",
        "assessing",
        "contacting",
        "describing",
        "entering",
        "estimating",
        "expiring",
        "exporting",
        "exposing",
        "expressing",
        "fetching",
        "guiding",
        "importing",
        "market",
        "ordering",
        "proposing",
        "rebuilding",
        "recommending",
        "refitting",
        "renaming",
        "rewriting",
        "replaying",
        "spreading",
        "viewing",
    },
    "booking": {
        "acting",
        "appointment_choices",
        "assigning",
        "audit",
        "desk",
        "diary",
        "expiry",
        "feeding",
        "joining",
        "offering",
        "openings",
        "parts",
        "placing",
        "pooling",
        "reassigning",
        "recurring",
        "roster",
        "waitlist",
        "sessions",
        "working",
    },
    "notify": {"carrier", "dispatcher", "due", "lanes", "posting", "sender"},
}

WORDS = {
    "shared.errors",
    "shared.events",
    "shared.ids",
    "shared.tenancy",
    "shared.pools",
    "shared.trace",
    "shared.clock",
    "shared.quiet_hours",
}
LIBRARIES = {
    "pydantic",
    "standardwebhooks",
    "sudachipy",
    "yaml",
    "numpy",
    "scipy",
    "jpholiday",
    "icalendar",
    "recurring_ical_events",
}
"""Third-party libraries that compute and reach nothing."""

OUTSIDE = {"fastapi", "starlette", "motor", "nats", "uvicorn"}
READS_THE_CLOCK = {"now", "utcnow", "today", "system_now", "monotonic"}


def modules(service: str) -> dict[str, list[Path]]:
    """Top-level module name -> its files."""
    folder = ROOT / "services" / service
    found = {path.stem: [path] for path in folder.glob("*.py")}
    for package in folder.iterdir():
        if (package / "__init__.py").exists():
            found[package.name] = sorted(package.rglob("*.py"))
    return found


def imports(path: Path) -> Iterator[str]:
    """Full names of the modules that a file imports, `from shared import trace` as shared.trace."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("shared", "services") or node.module in {f"services.{s}" for s in SERVICES}:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


DOMAIN = [
    (service, name)
    for service in SERVICES
    for name in sorted(modules(service))
    if name not in EDGES | USE_CASES[service]
]


def refused(service: str, name: str) -> list[str]:
    """What the domain module imports and should not."""
    rules = {f"services.{service}.{other}" for s, other in DOMAIN if s == service}
    return [
        imported
        for path in modules(service)[name]
        for imported in imports(path)
        if not any(
            imported == known or imported.startswith(f"{known}.") for known in WORDS | rules | LIBRARIES
        )
        and imported.partition(".")[0] not in sys.stdlib_module_names
    ]


@pytest.mark.parametrize(("service", "name"), DOMAIN, ids=[f"{s}.{n}" for s, n in DOMAIN])
def test_a_domain_module_imports_only_rules_and_words(service: str, name: str) -> None:
    assert refused(service, name) == []


@pytest.mark.parametrize(("service", "name"), DOMAIN, ids=[f"{s}.{n}" for s, n in DOMAIN])
def test_a_rule_is_told_the_time_and_never_asks(service: str, name: str) -> None:
    for path in modules(service)[name]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                assert called not in READS_THE_CLOCK, f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("service", SERVICES)
def test_a_use_case_knows_no_web_framework_no_driver_and_no_edge_but_the_store(service: str) -> None:
    edges = {f"services.{service}.{edge}" for edge in ("app", "routes", "pages", "consumers")}
    for name in USE_CASES[service]:
        for path in modules(service)[name]:
            for imported in imports(path):
                assert imported.partition(".")[0] not in OUTSIDE, (path.name, imported)
                assert not any(imported == e or imported.startswith(f"{e}.") for e in edges), (
                    path.name,
                    imported,
                )


@pytest.mark.parametrize("service", SERVICES)
def test_the_list_of_use_cases_names_only_what_is_there_and_is_no_rule(service: str) -> None:
    for name in USE_CASES[service]:
        assert name in modules(service), name
        assert refused(service, name), f"{name} is pure: it needs no place in the list"


def test_there_are_rules_in_every_service() -> None:
    for service in SERVICES:
        assert sum(s == service for s, _ in DOMAIN) >= 3, service
