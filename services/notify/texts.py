"""Templates: text with placeholders, as GOV.UK Notify writes them.

((name))           is replaced by the personalisation of that name
((flag??text))     `text` when `flag` is true; it may itself hold plain placeholders
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import Invalid

PLACEHOLDER = re.compile(
    r"\(\((?P<name>[^()?\n]{1,40})"
    r"(?:\)\)|\?\?(?P<text>(?:\(\([^()?\n]{1,40}\)\)|(?!\)\)(?!\))).)*)\)\))",
    re.DOTALL,
)
FALSE = frozenset({"", "no", "false", "0", "いいえ"})


class MissingPersonalisation(Invalid):
    """A placeholder has no value. `names` are the placeholders that lack one."""

    slug = "missing-personalisation"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"personalisation.{names[0]}", f"the template needs: {', '.join(names)}")
        self.names = names


@dataclass(frozen=True)
class Text:
    """`subject` is used by e-mail only."""

    subject: str
    body: str


def placeholders(text: str) -> tuple[str, ...]:
    """Names of everything that `text` needs, in order of appearance, each once."""
    names: dict[str, None] = {}
    for match in PLACEHOLDER.finditer(text):
        names[match["name"].strip()] = None
        for inner in PLACEHOLDER.finditer(match["text"] or ""):
            names[inner["name"].strip()] = None
    return tuple(names)


def fill(text: str, personalisation: Mapping[str, str]) -> str:
    """`text` with its placeholders replaced; what a value contains is never read as a placeholder.

    Raises MissingPersonalisation.
    """
    missing = tuple(name for name in placeholders(text) if name not in personalisation)
    if missing:
        raise MissingPersonalisation(missing)

    def replaced(match: re.Match[str]) -> str:
        value = personalisation[match["name"].strip()]
        if match["text"] is None:
            return value
        return PLACEHOLDER.sub(replaced, match["text"]) if value.strip().lower() not in FALSE else ""

    return PLACEHOLDER.sub(replaced, text)


def compose(text: Text, personalisation: Mapping[str, str]) -> Text:
    """Subject and body filled in. Raises MissingPersonalisation."""
    subject = " ".join(fill(text.subject, personalisation).split())
    return Text(subject, fill(text.body, personalisation).strip())
