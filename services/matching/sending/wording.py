"""What residents and staff read about offers that are sent."""

from collections.abc import Mapping
from typing import Final

from services.matching.sending.choosing import LeftOut
from services.matching.sending.send_list import State, Withheld

STATES: Final[Mapping[State, str]] = {
    "draft": "下書き",
    "approved": "送っています",
    "sent": "送りました",
    "discarded": "やめました",
}
LEFT_OUT: Final[Mapping[LeftOut, str]] = {
    "not_agreed": "希望をやめた人",
    "too_soon": "前に送ってから日が浅い人",
    "week_full": "この7日間の回数に達した人",
    "nothing_fits": "条件に合う仕事がなかった人",
}
WITHHELD: Final[Mapping[Withheld, str]] = {
    "not_agreed": "希望をやめた",
    "too_soon": "前に送ってから日が浅い",
    "week_full": "この7日間の回数に達した",
    "nothing_left": "送れる仕事がなくなった",
}
