"""`Pages`: renders a service's templates over the shared base, with a strict Content-Security-Policy; serves the static assets and the
service's API documentation (server-rendered from its OpenAPI document, no script needed)."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.clock import TOKYO
from shared.tenancy import Tenant

HERE = Path(__file__).parent
WEEKDAYS = "月火水木金土日"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def service_day_text(day: date) -> str:
    """12月3日（木）"""
    return f"{day.month}月{day.day}日（{WEEKDAYS[day.weekday()]}）"


def tokyo_text(at: datetime) -> str:
    """2026年12月3日（木） 0:31, Asia/Tokyo."""
    local = at.astimezone(TOKYO)
    return f"{local.year}年{service_day_text(local.date())} {local.hour}:{local.minute:02d}"


def service_minute_text(minute: int) -> str:
    """Minutes of a service day as it is said: 1470 -> 24:30."""
    return f"{minute // 60}:{minute % 60:02d}"


@dataclass(frozen=True)
class StaffLink:
    """An entry of the staff's menu, for those whose credential has `scope` (empty: for everybody)."""

    path: str
    title: str
    scope: str = ""


DESKS = (StaffLink("/booking/staff", "予約と相談"), StaffLink("/matching/staff", "仕事と会社"))
"""Where staff's pages begin in the services that have some. People of a pool have those of booking alone."""


class Pages:
    """Templates of one service; `shared/web/templates/base.html`, `staff.html` and `macros.html` are always there."""

    def __init__(self, service: str, templates: Path) -> None:
        self.service = service
        self.env = Environment(
            loader=ChoiceLoader([FileSystemLoader(templates), FileSystemLoader(HERE / "templates")]),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.env.filters["service_day"] = service_day_text
        self.env.filters["service_minute"] = service_minute_text
        self.env.filters["tokyo"] = tokyo_text
        self.staff_links: list[StaffLink] = []
        self.env.globals["staff_links"] = self.staff_links
        self.env.globals["desks"] = DESKS

    def render(
        self,
        template: str,
        tenant: Tenant | None,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        **context: Any,
    ) -> HTMLResponse:
        """`tenant` names the municipality in the header of the page."""
        html = self.env.get_template(template).render(
            tenant=tenant, service=self.service, static=f"/{self.service}/static", **context
        )
        return HTMLResponse(
            html,
            status_code=status,
            headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store", **(headers or {})},
        )

    def link_for_staff(self, *links: StaffLink) -> None:
        """Add to the menu that stands on the staff's pages of this service."""
        self.staff_links.extend(links)

    def mount_static(self, app: FastAPI) -> None:
        """Serve the shared assets below `/<service>/static`."""
        app.mount(f"/{self.service}/static", StaticFiles(directory=HERE / "static"), name="static")

    def docs(self) -> APIRouter:
        """`/docs`: the API as a page that reads without script, keyboard and screen reader included."""
        router = APIRouter()

        @router.get("/docs")
        async def docs(request: Request) -> HTMLResponse:
            return self.render("api.html", None, api=request.app.openapi())

        return router
