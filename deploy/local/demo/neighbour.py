"""At the same hour in the small neighbouring city: a shorter journey on the web, without LINE."""

from datetime import date

from deploy.local.demo.appointment import books, free_slots
from deploy.local.demo.evening import tells_the_worry
from deploy.local.demo.expecting import eventually, expect
from deploy.local.demo.person import form_on
from deploy.local.demo.walk import Walk
from deploy.local.demo.work import answers_the_questionnaire, sees_offers

WORRY_B = "家族の介護をしながら、短い時間だけ働けるところを探しています"
ANSWERS_B = {"balance": 5, "autonomy": 4, "stability": 4, "relationships": 3, "safety": 4}
WISHES_B = {
    "areas": ["992038"],
    "hours": [{"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "08:00", "end": "18:00"}],
}
EVENING = 18 * 60
DAYS_LOOKED_AT = 14


async def walks_in_b(walk: Walk, day: date) -> None:
    """The whole shorter journey; tells into its own story."""
    walk.tell(
        "同じころ、見本市Bでは、介護をしている人がスマートフォンのページをひらきます。", "web only, no LINE"
    )
    await _starts_the_chat(walk)
    await tells_the_worry(walk, WORRY_B, english="the chat page, plain forms", parts=1)
    await answers_the_questionnaire(walk, ANSWERS_B, WISHES_B)
    await sees_offers(walk)
    expect(walk.facts.slate["offers"], "slate of B", "at least one offer", walk.facts.slate)
    address = f"{walk.facts.resident_id[-8:]}@resident.example"
    await walk.person.asks("PUT", "/intake/v1/me/contact", "contact", {"email": address})
    walk.tell("メールで受け取ることにします。", "contact point, stored sealed")
    evening = [s for s in await free_slots(walk, day, DAYS_LOOKED_AT) if s["start_minute"] >= EVENING]
    await books(walk, evening, f"in an evening from {day} on")
    await _is_confirmed_by_mail(walk, address)


async def _starts_the_chat(walk: Walk) -> None:
    page = await walk.person.opens("/intake/chat", "chat: page of B")
    form = form_on(page, "/chat/start", "chat: start")
    await walk.person.sends(form, "chat: start")
    walk.know_resident()


async def _is_confirmed_by_mail(walk: Walk, address: str) -> None:
    step = "e-mail: confirmation"
    mails = await eventually(lambda: walk.world.mails(address), step, f"an e-mail to {address}")
    starts = walk.facts.appointment["label"].partition("-")[0]
    expect(starts in mails[0]["text"], step, "the time of the appointment", mails[0]["text"])
    walk.facts.confirmation = mails[0]
    walk.tell("予約の確認がメールで届きます。", "confirmation by e-mail")
    walk.story.bubble("メール", f"{mails[0]['subject']}\n{mails[0]['text'].strip()}", "green")
