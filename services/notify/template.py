"""A municipality's own words: versions of a template, laid over the built-in one (which is version 0)."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from services.notify.catalogue import MAY_USE, Action, built_in
from services.notify.texts import Text, placeholders
from shared.errors import Invalid

BUILT_IN_VERSION = 0
KEPT_VERSIONS = 200
NAME = re.compile(r"^[a-z][a-z0-9_]{1,30}(\.[a-z][a-z0-9_]{1,30}){0,2}$")


class UnknownTemplate(Invalid):
    slug = "unknown-template"


class UnknownPlaceholder(Invalid):
    """The text uses a name that nothing fills when this template is sent."""

    slug = "unknown-placeholder"


@dataclass(frozen=True)
class Wording:
    """One version of a template's text. `by` names the actor; `at` is UTC."""

    version: int
    text: Text
    at: datetime
    by: str


@dataclass(frozen=True)
class Template:
    """A municipality's own template; `wordings` are oldest first, never empty. `version` is that of the newest."""

    tenant: str
    name: str
    language: str
    wordings: tuple[Wording, ...]

    @property
    def version(self) -> int:
        return self.wordings[-1].version


@dataclass(frozen=True)
class Chosen:
    """The words that a message is made of."""

    version: int
    text: Text
    actions: tuple[Action, ...]
    ask: str
    defaults: dict[str, str]


def reword(
    current: Template | None, tenant: str, name: str, language: str, text: Text, by: str, now: datetime
) -> Template:
    """Add a version. Raises UnknownPlaceholder, and Invalid for a name that is none."""
    if not NAME.match(name):
        raise Invalid("name", "a template is named like appointment.confirmed")
    check_placeholders(name, text)
    if current is None:
        return Template(tenant, name, language, (Wording(1, text, now, by),))
    newest = Wording(current.version + 1, text, now, by)
    return replace(current, wordings=(*current.wordings, newest)[-KEPT_VERSIONS:])


def check_placeholders(name: str, text: Text) -> None:
    """Raises UnknownPlaceholder when a built-in template's new words need what nothing fills."""
    allowed = MAY_USE.get(name)
    for field, part in (("subject", text.subject), ("body", text.body)):
        unknown = set(placeholders(part)) - allowed if allowed is not None else set()
        if unknown:
            raise UnknownPlaceholder(field, f"nothing fills: {', '.join(sorted(unknown))}")


def choose(name: str, language: str, own: Template | None, version: int | None = None) -> Chosen:
    """The words of `version`, or of the newest: the municipality's own, else the built-in ones.

    A version that is not kept any more gives the newest. Raises UnknownTemplate.
    """
    base = built_in(name, language)
    actions, ask = (base.actions, base.ask) if base else ((), "")
    defaults = dict(base.defaults) if base else {}
    wanted = version if version is not None else (own.version if own else BUILT_IN_VERSION)
    if own and (wanted != BUILT_IN_VERSION or base is None):
        wording = next((w for w in own.wordings if w.version == wanted), own.wordings[-1])
        return Chosen(wording.version, wording.text, actions, ask, defaults)
    if base is None:
        raise UnknownTemplate("template", f"there is no template {name} in {language}")
    return Chosen(BUILT_IN_VERSION, base.text, actions, ask, defaults)
