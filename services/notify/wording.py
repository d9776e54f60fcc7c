"""From a message to the words that the person reads."""

from dataclasses import dataclass
from datetime import datetime

from services.notify.catalogue import DEFAULT_LANGUAGE, Action, built_in, language_of
from services.notify.message import Message
from services.notify.slot import day_text, slot_texts
from services.notify.template import Chosen, Template, choose
from services.notify.texts import Text, compose
from shared.clock import TOKYO
from shared.tenancy import Tenant

MY_APPOINTMENTS = "/booking/mine"
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
    actions: tuple[Action, ...]


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
        **personalisation,
    }
    if message.audience == "crisis":
        values["kind"] = KINDS[language].get(values.get("kind", ""), values.get("kind", ""))
        values["at"] = moment_text(message.created_at, language)
    return Words(chosen.version, language, compose(chosen.text, values), chosen.actions)


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
