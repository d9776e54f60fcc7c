"""What workers have left for orders, as booking forecasts it."""

from services.matching.store.orders.capacities import keep_capacity
from shared.events.booking import CapacityForecast
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


async def _forecast(tx: Tx, event: Event, data: CapacityForecast) -> None:
    fields = {
        "resident_id": data.resident_id,
        "centre_id": data.centre_id,
        "skills": list(data.skills),
        "wishes_more": data.wishes_more,
    }
    days = {day.service_date: day.minutes for day in data.days}
    await keep_capacity(tx, event.tenantid, event.sequence, days, fields)


REACTIONS = (Reaction(CapacityForecast, _forecast),)
