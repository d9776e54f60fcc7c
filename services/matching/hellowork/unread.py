"""What an advertisement says beyond what its offer holds: tags that nobody knows, and known ones that say more than a field can.

It is kept beside the offer for staff to look up, as the file has it; nothing matches by it, and no event carries it. Whom to ask for, and
how to reach them, is not kept: it would lie open on the offer for good.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

MOST = 200
LONGEST_TAG, LONGEST = 100, 500
"""Characters of a tag's name and of what it says; the rest of a longer text is cut off."""
HELD: Final = frozenset({
    "kjno", "jgshmei", "sksu", "shigoto_ny", "sngbrui_n", "shgbsjusho1_n", "shgbs_myre", "koyokeitai_n", "chgnkeitai_n",
    "jkgi_thkinjn_ji_n", "kyjs", "nenkankjsu_n", "nenreisegnari_kagen", "nenreisegnari_jgn", "saiyoninzu_n", "kjyukoymd",
    *(f"shgjn{n}_{end}" for n in (1, 2, 3) for end in ("open", "close", "open_close")),
})  # fmt: skip
"""Tags that the offer's fields or its text say whole."""
PEOPLE: Final = ("tts", "dhsh", "dhsy", "yshk", "yakushoku", "daihyo")
"""How the names of tags begin that say who answers for an offer (課係名・役職名, 担当者 and how to reach them) or for the company (役職, 代表者名)."""
REACHED: Final = (
    "tel", "fax", "mail", "denwa", "keitaibango", "naisen", "renraku", "phone", "contact", "tant", "tntu", "person",
    "shimei", "担当", "電話", "携帯", "内線", "連絡先", "メール", "ファクス", "ファックス", "氏名", "代表者",
)  # fmt: skip
"""Anywhere in the name of a tag: a person, or how to reach one."""
MAIL: Final = re.compile(r"[^\s@]@[^\s@]{1,253}\.[^\s@]")
PHONE: Final = re.compile(
    r"(?<![\d-])(?:\+81[-\s(]{0,2}0?|0)"
    r"(?:\d{1,4}[-\s().]{1,3}\d{1,4}[-\s().]{1,3}\d{3,4}|\d{1,3}[-\s().]{1,3}\d{6,8}|\d{9,10})(?![\d-])"
)
_DASHES: Final = re.compile("[‐‑‒–—―−ー]")


def unread(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(tag, text) in the order of the file, at most MOST; without what leads to a person."""
    rest = [
        (tag, text)
        for tag, text in tags.items()
        if tag not in HELD and len(tag) <= LONGEST_TAG and not leads_to_somebody(tag, text)
    ]
    return tuple(
        (tag, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…") for tag, text in rest[:MOST]
    )


def leads_to_somebody(tag: str, text: str) -> bool:
    """Whether a tag is one for a person or a contact point, or its text holds a mail address or a telephone number."""
    parts = unicodedata.normalize("NFKC", tag).casefold().split("/")
    if any(part.startswith(PEOPLE) or any(word in part for word in REACHED) for part in parts):
        return True
    said = _DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return bool(MAIL.search(said) or PHONE.search(said))
