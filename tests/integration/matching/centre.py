"""People of a digital employment centre, as booking tells of them."""

from datetime import timedelta
from typing import Any

import httpx

from services.matching.assessment.axes import AXIS_OF
from services.matching.store.orders.capacities import Capacities
from services.matching.store.workers import Workers
from shared.clock import TOKYO, system_now
from shared.events.booking import CapacityForecast, DayCapacity, WorkerEnrolled
from shared.events.envelope import envelop
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.matching.conftest import Town

HIGH = dict.fromkeys(AXIS_OF, 4)
ASSESSMENTS, WISH = "/matching/v1/me/assessments", "/matching/v1/me/step-up-wish"


async def enrolled(town: Town, *names: str) -> list[str]:
    """Residents who work with the municipality's centre; returns their ids once matching knows them."""
    ids = [town.resident_id(name) for name in names]
    for resident_id in ids:
        told = WorkerEnrolled(resident_id=resident_id, centre_id=derived_id("cen", town.tenant))
        await town.harness.publish(
            *envelop(
                [told],
                source="/booking",
                tenant=town.tenant,
                subject=resident_id,
                sequence=1,
                now=system_now(),
            )
        )
    workers = Workers(town.harness.of("matching").core.db)

    async def known() -> set[str]:
        return {worker.resident_id for worker in await workers.of_tenant(town.tenant)}

    await eventually(known, until=lambda found: found >= set(ids))
    return ids


def month(ago: int = 0) -> str:
    """2026-12, so many months ago, Asia/Tokyo."""
    today = system_now().astimezone(TOKYO).date()
    ordinal = today.year * 12 + today.month - 1 - ago
    return f"{ordinal // 12}-{ordinal % 12 + 1:02d}"


async def look(town: Town, who: str, ago: int = 0, name: str = "one", **body: Any) -> httpx.Response:
    """Submit how one month went: as the worker (self) or as staff."""
    sent = {"period": month(ago), "answers": HIGH, **body}
    own = who == "self"
    path = ASSESSMENTS if own else f"/matching/v1/workers/{town.resident_id(name)}/assessments"
    headers = {**(town.resident(name) if own else town.staff), "Idempotency-Key": new_ulid()}
    return await town.api.post(path, json=sent, headers=headers)


async def wish(town: Town, wishes: bool, name: str = "one") -> dict[str, Any]:
    answer = await town.api.put(WISH, json={"wishes": wishes}, headers=town.resident(name))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def with_time(town: Town, *names: str, minutes: int = 120, skills: tuple[str, ...] = ()) -> list[str]:
    """Workers of whom booking forecasts so many minutes on each of the next four weeks' days; returns their ids."""
    ids = await enrolled(town, *names)
    today = system_now().astimezone(TOKYO).date()
    days = tuple(DayCapacity(service_date=today + timedelta(days=n), minutes=minutes) for n in range(29))
    for resident_id in ids:
        told = CapacityForecast(
            resident_id=resident_id,
            centre_id=derived_id("cen", town.tenant),
            weeks=(),
            days=days,
            skills=skills,
        )
        await town.harness.publish(
            *envelop(
                [told],
                source="/booking",
                tenant=town.tenant,
                subject=resident_id,
                sequence=2,
                now=system_now(),
            )
        )
    capacities = Capacities(town.harness.of("matching").core.db)

    async def known() -> set[str]:
        return {capacity.resident_id for capacity in await capacities.every(town.tenant)}

    await eventually(known, until=lambda found: found >= set(ids))
    return ids


async def task_type(town: Town, code: str = "proofreading", **said: Any) -> None:
    body = {"name": "文字の確認", "unit": "頁", "unit_minutes": 10, "bar": 0.5, **said}
    answer = await town.api.put(f"/matching/v1/task-types/{code}", json=body, headers=town.staff)
    assert answer.is_success, answer.text
