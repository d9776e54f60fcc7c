"""Chapter three: an appointment past midnight, its confirmation and its reminder on LINE, and what came of it."""

from datetime import date, datetime, timedelta
from typing import Any

from deploy.local.demo.expecting import JourneyBroke, answered, expect
from deploy.local.demo.person import action_on, text_of
from deploy.local.demo.walk import Walk
from shared.web.pages import service_day_text

MINUTES = 60
COMING = "行きます"
NOTE = "家賃の窓口へは一緒に行くことにした。夜の仕事を一つ見学する。次は二週間後。"


async def free_slots(walk: Walk, first: date, days: int, channel: str = "online") -> list[dict[str, Any]]:
    """Free slots of an hour from a service date on, of any counsellor, as the resident sees them."""
    path = f"/booking/v1/me/availability?from={first}&days={days}&channel={channel}&minutes={MINUTES}"
    slots: list[dict[str, Any]] = (await walk.person.asks("GET", path, "booking: availability"))["slots"]
    return slots


async def books(walk: Walk, slots: list[dict[str, Any]], wanted: str) -> None:
    """Hold the first of `slots` that is still free, look at it, confirm it. `wanted` says what was looked for."""
    step = "booking"
    expect(slots, step, f"a free slot {wanted}", "none is free")
    held = await _hold_one(walk, slots)
    expect(held["state"] == "held", step, "held", held)
    who = walk.loaded.counsellors.get(held["counsellor_id"], held["counsellor_id"])
    day = service_day_text(date.fromisoformat(held["service_date"]))
    walk.tell(
        f"{day}の {held['label']} を選びます。相手は {who} さんに決まりました。",
        "held with whom Banso chose, then confirmed",
    )
    walk.mark("confirm")
    confirmed = await walk.person.asks("POST", f"/booking/v1/me/appointments/{held['id']}/confirm", step)
    walk.mark("confirmed")
    expect(confirmed["state"] == "confirmed", step, "confirmed", confirmed)
    walk.facts.appointment = confirmed


async def _hold_one(walk: Walk, slots: list[dict[str, Any]]) -> dict[str, Any]:
    """The first time that nobody takes in the meantime. Nobody is named: Banso chooses who it will be."""
    for slot in slots:
        wanted = {name: slot[name] for name in ("service_date", "start_minute", "channel")}
        body = {**wanted, "minutes": MINUTES}
        held = await walk.person.asks("POST", "/booking/v1/me/appointments", "booking: hold", body, 201, 409)
        if "state" in held:
            found: dict[str, Any] = held
            return found
    raise JourneyBroke("booking: hold", "one of the free slots", f"all {len(slots)} were taken meanwhile")


async def is_confirmed_on_line(walk: Walk) -> None:
    """The confirmation arrives on LINE, with day and time as they are said."""
    step = "LINE: confirmation"
    message, _buttons = await walk.person.reads_line(step, 2)
    text = text_of(message)
    expect(
        walk.facts.appointment["label"].partition("-")[0] in text, step, "the time of the appointment", text
    )
    expect(message["via"] == "push", step, "a push", message["via"])
    walk.facts.confirmation = message
    walk.tell("予約の確認がLINEに届きます。", "confirmation, sent once under a retry key")
    walk.story.bubble("LINE（見本市A）", text, "green")


async def is_reminded(walk: Walk) -> None:
    """Three hours before, the reminder arrives on LINE."""
    step = "LINE: reminder"
    starts_at = datetime.fromisoformat(walk.facts.appointment["starts_at"])
    await walk.world.move_clock(starts_at - timedelta(hours=3))
    message, buttons = await walk.person.reads_line(step, 2)
    expect(message["via"] == "push", step, "a push", message["via"])
    walk.facts.reminder = message
    walk.facts.choices = buttons
    walk.tell("3時間前に、お知らせが届きます。", "the clock moves on two days; the reminder is due")
    walk.story.bubble("LINE（見本市A）", text_of(message), "green")


async def says_they_are_coming(walk: Walk) -> None:
    """One tap on the reminder is enough."""
    step = "LINE: coming"
    action = action_on(walk.facts.choices, COMING, step)
    await walk.person.does_in_line("postback", data=action["data"])
    (thanks,) = await walk.person.reads_line(step)
    path = f"/booking/v1/me/appointments/{walk.facts.appointment['id']}"
    seen = await walk.person.asks("GET", path, step)
    expect(seen["reaffirmed_at"], step, "the appointment knows", seen)
    walk.tell(f"「{COMING}」を押すだけで、伝わります。", "one tap: reaffirmed")
    walk.story.bubble("LINE（見本市A）", text_of(thanks), "green")


async def is_attended(walk: Walk) -> None:
    """After the talk the counsellor marks it attended and writes a note, with a token of their own."""
    step = "booking: attended"
    appointment = walk.facts.appointment
    await walk.world.move_clock(datetime.fromisoformat(appointment["ends_at"]))
    async with walk.world.counsellor(walk.person.tenant, appointment["counsellor_id"]) as counsellor:
        path = f"/booking/v1/appointments/{appointment['id']}"
        done = answered(await counsellor.post(f"{path}/attended", json={"note": NOTE}), step)
        expect(done["state"] == "attended", step, "attended", done)
        walk.facts.attended = answered(await counsellor.get(path), step)
    expect(walk.facts.attended["note"] == NOTE, step, "the note as it was written", walk.facts.attended)
    who = walk.loaded.counsellors.get(appointment["counsellor_id"], "")
    walk.tell(
        f"話し終えて、{who} さんが「来た」と記録し、メモを残します。", "attended; the note is stored sealed"
    )
    walk.story.bubble(who, NOTE, "magenta")
