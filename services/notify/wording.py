"""From a message to the words that the person reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.notify.catalogue import DEFAULT_LANGUAGE, Action, built_in, language_of
from services.notify.message import Message
from services.notify.slot import Slot, button_text, day_text, slot_texts
from services.notify.template import Chosen, Template, choose
from services.notify.texts import MissingPersonalisation, Text, compose, fill
from shared.clock import TOKYO
from shared.tenancy import Tenant

MY_APPOINTMENTS = "/booking/mine"
COMPANY_PAGE = "/matching/company"
KINDS = {
    "ja": {
        "suicide": "死にたい気持ち、自分を傷つけること",
        "violence": "暴力",
        "abuse": "虐待",
        "eviction": "今夜の住まいがない",
        "hunger": "食べるものがない",
    },
    "en": {
        "suicide": "suicide or self-harm",
        "violence": "violence",
        "abuse": "abuse",
        "eviction": "no place to stay tonight",
        "hunger": "nothing to eat",
    },
}


@dataclass(frozen=True)
class Words:
    """What goes out; `version` of the template and `language` are kept with the message."""

    version: int
    language: str
    text: Text
    actions: tuple[Action, ...] = ()
    ask: str = ""

    @property
    def letter(self) -> str:
        """The text of an e-mail, which has links where LINE has buttons."""
        links = [f"{action.label}\n{action.page}" for action in self.actions if action.page]
        return "\n\n".join([self.text.body, *links])


def chosen_words(message: Message, own: dict[str, Template], spoken: str) -> tuple[Chosen, str]:
    """The template and the language: those the message has been given already, else the newest in what the person speaks.

    A template that only a municipality has is taken in the language it has. Raises UnknownTemplate.
    """
    language = message.language or language_of(spoken)
    if language not in own and built_in(message.template, language) is None and own:
        language = DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in own else sorted(own)[0]
    return choose(message.template, language, own.get(language), message.template_version), language


def write_words(
    message: Message,
    personalisation: dict[str, str],
    own: dict[str, Template],
    spoken: str,
    tenant: Tenant,
    public_url: str,
) -> Words:
    """The finished text. Raises UnknownTemplate and MissingPersonalisation."""
    chosen, language = chosen_words(message, own, spoken)
    values = {
        **chosen.defaults,
        **standard(tenant, public_url),
        **(slot_texts(message.slot, language) if message.slot else {}),
        "times": times_text(message.times, language),
        "until": moment_text(message.expires_at, language) if message.expires_at else "",
        "company_page": tenant.page_url(public_url, COMPANY_PAGE),
        **personalisation,
    }
    if message.audience == "crisis":
        values["kind"] = KINDS[language].get(values.get("kind", ""), values.get("kind", ""))
        values["at"] = moment_text(message.created_at, language)
    about = subject_of(message, personalisation)
    actions = [*time_buttons(message, language), *buttons(chosen.actions, about, tenant, public_url)]
    ask = fill(chosen.ask, values) if actions else ""
    return Words(chosen.version, language, compose(chosen.text, values), tuple(actions), ask)


def subject_of(message: Message, personalisation: Mapping[str, str]) -> dict[str, str]:
    """What the buttons of a message are about."""
    about = {
        name: personalisation[name]
        for name in ("waiting_id", "shift_id", "stop_token")
        if name in personalisation
    }
    if message.appointment_id:
        about["appointment_id"] = message.appointment_id
    if message.slot:
        about["service_date"] = message.slot.service_date.isoformat()
        about["start_minute"] = str(message.slot.start_minute)
    return about


def buttons(
    actions: tuple[Action, ...], about: Mapping[str, str], tenant: Tenant, public_url: str
) -> Iterator[Action]:
    """The template's buttons, filled; one about something that the message does not name is left out."""
    for action in actions:
        try:
            postback, page = fill(action.postback, about), fill(action.page, about)
        except MissingPersonalisation:
            continue
        yield Action(action.label, postback, page and tenant.page_url(public_url, page))


def time_buttons(message: Message, language: str) -> Iterator[Action]:
    """One button for each time that the person may move to."""
    for slot in message.times:
        chosen = f"do:appointment.move:{message.appointment_id}:{slot.service_date}:{slot.start_minute}"
        yield Action(button_text(slot, language), chosen)


def times_text(times: tuple[Slot, ...], language: str) -> str:
    """The same times as lines, with the date on which the clock shows a time past midnight."""
    said = (slot_texts(slot, language) for slot in times)
    mark = "・" if language == "ja" else "- "
    return "\n".join(f"{mark}{texts['date']} {texts['time']}{texts['cue']}" for texts in said)


def standard(tenant: Tenant, public_url: str) -> dict[str, str]:
    """Values that every template may use. `page` is where a resident sees their appointments."""
    desk = tenant.spec.desk
    return {
        "municipality": tenant.spec.name,
        "desk": desk.name,
        "desk_phone": desk.phone,
        "desk_hours": desk.hours,
        "page": tenant.page_url(public_url, MY_APPOINTMENTS),
    }


def moment_text(at: datetime, language: str) -> str:
    """12月3日（木） 0:31, Asia/Tokyo."""
    local = at.astimezone(TOKYO)
    return f"{day_text(local.date(), language)} {local.hour}:{local.minute:02d}"
