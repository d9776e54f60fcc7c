"""What an advertisement says beyond what its offer holds: tags that nobody knows, and known ones that say more than a field can.

It is kept beside the offer for staff to look up, as the file has it; nothing matches by it, and no event carries it.
"""

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


def unread(tags: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """(tag, text) in the order of the file, at most MOST."""
    rest = [(tag, text) for tag, text in tags.items() if tag not in HELD and len(tag) <= LONGEST_TAG]
    return tuple(
        (tag, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…") for tag, text in rest[:MOST]
    )
