"""Notify running in the test's process, and the events that the other services would send it."""

import json
from datetime import date, datetime, timedelta
from typing import Any

from services.notify.message import message_id
from shared.clock import TOKYO, parse_service_time, system_now
from shared.events import booking, intake
from shared.events.envelope import Event, Payload, envelop
from shared.ids import derived_id, new_ulid
from tests.harness import Harness, Started, a_tenant, eventually
from tests.integration.notify.stand_ins import TENANTS, StandIns

NOON = "2026-12-01T12:00"
FINISHED = ("delivered", "permanent-failure", "temporary-failure", "technical-failure", "suppressed")


class World:
    def __init__(self, harness: Harness, stand_ins: StandIns, notify: Started) -> None:
        self.harness = harness
        self.outside = stand_ins
        self.notify = notify
        self.http = notify.client

    def at(self, text: str) -> None:
        """Make it `text` (Asia/Tokyo, the hour may pass 24) for notify."""
        self.notify.core.clock.shift = parse_service_time(text) - system_now()

    @property
    def now(self) -> datetime:
        return self.notify.core.clock.now()

    def event(
        self,
        payload: Payload,
        subject: str,
        *,
        tenant: str = "kyoto",
        sequence: int = 1,
        actor: str = "system",
    ) -> Event:
        source = f"/{payload.TYPE.split('.')[1]}"
        made = envelop(
            [payload], source=source, tenant=tenant, subject=subject, sequence=sequence, now=self.now
        )
        return made[0].model_copy(update={"actor": actor})

    async def publish(self, *events: Event) -> None:
        await self.harness.publish(*events)

    def contact(
        self,
        resident_id: str,
        contacts: dict[str, str],
        *,
        tenant: str = "kyoto",
        sequence: int = 1,
        language: str = "ja",
    ) -> Event:
        sealed = self.notify.core.sealer.seal(tenant, intake.CONTACTS_FIELD, json.dumps(contacts))
        payload = intake.ContactChanged(resident_id=resident_id, contacts=sealed, language=language)
        return self.event(payload, resident_id, tenant=tenant, sequence=sequence)

    async def resident(self, contacts: dict[str, str], *, tenant: str = "kyoto", language: str = "ja") -> str:
        """A resident whom notify can reach so."""
        resident_id = derived_id("res", new_ulid())
        await self.publish(self.contact(resident_id, contacts, tenant=tenant, language=language))
        await self.reached(resident_id, contacts, tenant)
        return resident_id

    async def reached(self, resident_id: str, contacts: dict[str, str], tenant: str = "kyoto") -> None:
        """Wait until notify would reach the resident so."""
        from services.notify.store import Contacts

        store = Contacts(self.notify.core.outbox, self.notify.core.sealer)

        async def known() -> dict[str, str]:
            found = await store.find(tenant, resident_id)
            values = {"line": found.line, "email": found.email} if found else {}
            return {via: to for via, to in values.items() if to}

        await eventually(known, until=lambda now: now == contacts)

    def reply(
        self, resident_id: str, template: str, token: str, values: dict[str, str] | None = None
    ) -> Event:
        seal = self.notify.core.sealer.seal
        payload = intake.ReplyRequested(
            resident_id=resident_id,
            channel="line",
            template=template,
            reply_token=seal("kyoto", intake.REPLY_FIELD, token),
            personalisation=seal("kyoto", intake.PERSONALISATION_FIELD, json.dumps(values or {})),
        )
        return self.event(payload, resident_id)

    def booked(
        self,
        kind: str,
        resident_id: str,
        appointment_id: str,
        start: str,
        *,
        extra_reminder: bool = False,
        same_time: bool = False,
        series: dict[str, Any] | None = None,
        **more: Any,
    ) -> Event:
        """`confirmed` or `moved` to `start` ("2026-12-03T24:30"); by the resident unless `actor` says otherwise.

        `same_time`: moved to somebody else; `series`: its fields of the confirmation.
        """
        starts_at = parse_service_time(start)
        hours, minutes = (int(part) for part in start.partition("T")[2].split(":"))
        minute = hours * 60 + minutes
        fields: dict[str, Any] = {
            "resident_id": resident_id,
            "appointment_id": appointment_id,
            "counsellor_id": "cou_1",
            "channel": "online",
            "service_date": date.fromisoformat(start.partition("T")[0]),
            "start_minute": minute,
            "end_minute": minute + 60,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=1),
        }
        more.setdefault("actor", f"resident:{resident_id}")
        if kind == "moved":
            previous = starts_at - timedelta(days=0 if same_time else 1)
            payload: Payload = booking.AppointmentMoved(previous_starts_at=previous, **fields)
        else:
            payload = booking.AppointmentConfirmed(extra_reminder=extra_reminder, **fields, **(series or {}))
        return self.event(payload, appointment_id, **more)

    def reaffirmed(self, resident_id: str, appointment_id: str, **more: Any) -> Event:
        payload = booking.AppointmentReaffirmed(
            resident_id=resident_id, appointment_id=appointment_id, counsellor_id="cou_1"
        )
        return self.event(payload, appointment_id, **more)

    def times_offered(
        self, resident_id: str, appointment_id: str, *starts: str, again: bool = False
    ) -> Event:
        """Times such as "2026-12-03T24:30", an hour long, to choose from."""
        times = []
        for start in starts:
            hours, minutes = (int(part) for part in start.partition("T")[2].split(":"))
            minute = hours * 60 + minutes
            time = booking.OfferedTime(
                service_date=date.fromisoformat(start.partition("T")[0]),
                start_minute=minute,
                end_minute=minute + 60,
                starts_at=parse_service_time(start),
            )
            times.append(time)
        payload = booking.AppointmentTimesOffered(
            resident_id=resident_id, appointment_id=appointment_id, times=tuple(times), again=again
        )
        return self.event(payload, derived_id("act", new_ulid()))

    def cancelled(
        self,
        resident_id: str,
        appointment_id: str,
        *,
        by: Any = "resident",
        series: dict[str, Any] | None = None,
        **more: Any,
    ) -> Event:
        payload = booking.AppointmentCancelled(
            resident_id=resident_id,
            appointment_id=appointment_id,
            counsellor_id="cou_1",
            by=by,
            was_confirmed=True,
            **(series or {}),
        )
        return self.event(payload, appointment_id, **more)

    async def message(self, event: Event, template: str) -> dict[str, Any] | None:
        """The message that the event asked for, as the API shows it."""
        made = message_id(event.tenantid, event.id, template)
        return await self.get_message(made, event.tenantid)

    async def get_message(self, key: str, tenant: str = "kyoto") -> dict[str, Any] | None:
        answer = await self.http.get(f"/notify/v1/messages/{key}", headers=self.harness.staff(tenant))
        found: dict[str, Any] | None = answer.json() if answer.status_code == 200 else None
        return found

    async def finished(self, event: Event, template: str) -> dict[str, Any]:
        """The message once it is finished."""
        return await self.in_state(event, template, *FINISHED)

    async def in_state(self, event: Event, template: str, *states: str) -> dict[str, Any]:
        found = await eventually(
            lambda: self.message(event, template), until=lambda m: bool(m and m["state"] in states)
        )
        assert found is not None
        return found

    async def messages(self, resident_id: str) -> list[dict[str, Any]]:
        """Every message to the resident, oldest first."""
        url = f"/notify/v1/messages?resident_id={resident_id}&limit=100"
        answer = await self.http.get(url, headers=self.harness.staff("kyoto"))
        found: list[dict[str, Any]] = answer.json()["data"]
        return found[::-1]

    async def told(self, event_type: str, **data: str) -> list[Event]:
        """Events of notify whose data say so."""
        events = await self.harness.published("notify", event_type)
        return [e for e in events if all(e.data.get(name) == value for name, value in data.items())]


async def open_world(harness: Harness, stand_ins: StandIns, **settings: Any) -> World:
    """Two declared municipalities and a running notify, at noon of an ordinary day."""
    for tenant in TENANTS:
        folder = harness.settings.secrets_dir / tenant
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "line_access_token").write_text(f"token-of-{tenant}")
        crisis = {"crisis_email": f"crisis-{tenant}@desk.example"}
        await harness.declare(a_tenant(tenant, hosts=[f"{tenant}.localhost"], **crisis))
    notify = await harness.launch("notify", **{**stand_ins.settings(), **settings})
    world = World(harness, stand_ins, notify)
    world.at(NOON)
    return world


def an_appointment() -> str:
    """The id of an appointment nobody has heard of."""
    return derived_id("apt", new_ulid())


def tokyo(text: str) -> datetime:
    """An instant of the API's JSON, in Tokyo."""
    return datetime.fromisoformat(text).astimezone(TOKYO)
