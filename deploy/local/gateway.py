"""The gateway: its Caddyfile and the few pages it serves itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from deploy.local.ports import HOST, Ports
from deploy.local.services import NAMES, SERVICES
from shared.http.texts import TITLES
from shared.tenancy import Tenant
from shared.web.staff import HOME

TEMPLATES = Path(__file__).parent / "templates"
RESIDENT_PAGES = (("相談する", "/intake/chat"),)
STAFF_PAGES = (("職員のページ", HOME),)
COMPANY_PAGES = (("企業のページ", "/matching/company"),)
PROBLEM_TYPE = "https://banso.example/problems/unavailable"


@dataclass(frozen=True)
class Link:
    """A link of the start page."""

    title: str
    url: str


def write_gateway(directory: Path, ports: Ports, tenants: list[Tenant], others: list[Link]) -> Path:
    """Write the Caddyfile and the pages below `directory`; returns the Caddyfile's path."""
    pages = directory / "www"
    pages.mkdir(parents=True, exist_ok=True)
    shown = [
        {
            "spec": t.spec,
            "links": resident_links(t, ports),
            "staff": staff_links(t, ports),
            "companies": company_links(t, ports),
        }
        for t in tenants
    ]
    templates = _templates()
    for name, values in {
        "index.html": {"tenants": shown, "services": SERVICES, "others": others},
        "unavailable.html": {},
        "not-found.html": {},
    }.items():
        (pages / name).write_text(templates.get_template(f"{name}.j2").render(values), encoding="utf-8")
    caddyfile = directory / "Caddyfile"
    text = templates.get_template("Caddyfile.j2").render(
        directory=directory.resolve(),
        host=HOST,
        ports=ports,
        services={name: getattr(ports, name) for name in NAMES},
        problems={language: _problem(language) for language in ("ja", "en")},
    )
    caddyfile.write_text(text, encoding="utf-8")
    return caddyfile


def _problem(language: str) -> str:
    """What an API answers while its service is down: the same problem that the services themselves use."""
    title = TITLES["unavailable"][language]
    problem = {"type": PROBLEM_TYPE, "title": title, "status": 503, "detail": title}
    return json.dumps(problem, ensure_ascii=False)


def resident_links(tenant: Tenant, ports: Ports) -> list[Link]:
    """Addresses of a tenant's pages for residents, through the gateway."""
    return _links(tenant, ports, RESIDENT_PAGES)


def staff_links(tenant: Tenant, ports: Ports) -> list[Link]:
    """Addresses of a tenant's pages for staff, through the gateway."""
    return _links(tenant, ports, STAFF_PAGES)


def company_links(tenant: Tenant, ports: Ports) -> list[Link]:
    """Addresses of a tenant's pages for companies, through the gateway."""
    return _links(tenant, ports, COMPANY_PAGES)


def _links(tenant: Tenant, ports: Ports, pages: Sequence[tuple[str, str]]) -> list[Link]:
    public = f"http://localhost:{ports.gateway}"
    return [Link(title, tenant.page_url(public, path)) for title, path in pages]


def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
