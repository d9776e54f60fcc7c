"""What residents read about offers and about what they can say to them. Plain Japanese; what is promised here is what happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.matching.interest import Positive
from services.matching.offer import Kind, Source
from services.matching.relaxing import Wish

KIND_NOTES: Final[Mapping[Kind, str]] = {
    "job": "会社が人をさがしている、ふつうの求人です。",
    "work_experience": "短い日数、職場を見て、やってみるものです。働くと決めなくてかまいません。",
    "supported_short_job": "短い時間から、支援する人といっしょに始める仕事です。履歴書も面接もいりません。",
    "trial_work": "ためしに働いてみて、続けるかどうかを、あとで決められます。",
    "remote_order": "家などで、できる分を引き受ける仕事です。",
}

SOURCES: Final[Mapping[Source, str]] = {
    "own": "",
    "csv": "",
    "hellowork": "ハローワークに出ている求人です。申し込みは、ハローワークを通して行います。",
}


@dataclass(frozen=True)
class Saying:
    """A button: its words, what happens next, and what is said once it was pressed."""

    button: str
    next: str
    said: str


SAYINGS: Final[Mapping[Positive, Saying]] = {
    "save": Saying(
        "興味がある",
        "あとで見られるように、とっておきます。会社に、あなたのことは伝わりません。",
        "「興味がある」に入れました。",
    ),
    "ask": Saying(
        "聞いてみたい",
        "窓口の相談員に伝わります。聞きたいことを相談員が会社に確かめて、あなたに返事をします。",
        "「聞いてみたい」と、窓口の相談員に伝えました。",
    ),
    "experience": Saying(
        "体験してみたい",
        "窓口の相談員に伝わります。日にちや持ち物を、相談員がいっしょに決めます。合わなければ、いつでもやめられます。",
        "「体験してみたい」と、窓口の相談員に伝えました。",
    ),
    "apply": Saying(
        "応募したい",
        "窓口の相談員に伝わります。まだ申し込みにはなりません。会社に伝えることを、相談員がいっしょに確かめてから進めます。",
        "「応募したい」と、窓口の相談員に伝えました。",
    ),
}

PUT_ASIDE: Final = "「興味がない」にしました。次からは出しません。"

SEEN_TO: Final = "相談員が受け取り、返事をしました。"

POSSIBLE: Final[Mapping[Kind, tuple[Positive, ...]]] = {
    "job": ("ask", "experience", "apply"),
    "work_experience": ("ask", "experience"),
    "supported_short_job": ("ask", "experience"),
    "trial_work": ("ask", "experience", "apply"),
    "remote_order": ("ask", "apply"),
}
"""What can be said to which kind of offer, besides that it is of interest."""

ANSWERED_BY: Final = "返事は、{desk}の相談員がします。急ぐときは、電話（{phone}、{hours}）でも聞けます。"

WISHES: Final[Mapping[Wish, str]] = {
    "areas": "働きたい地域",
    "hours": "働きたい時間と、休みたい曜日",
    "wage_floor": "希望する時給",
    "max_km": "通える距離",
    "days_a_week": "週の日数",
    "licences": "持っている資格や免許",
    "accommodations": "必要な配慮",
    "kinds": "働き方",
    "employment_forms": "雇われ方",
    "remote_only": "家などでできる仕事だけ",
}
"""As the form calls them."""
