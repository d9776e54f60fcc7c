"""Hotlines: whom to call, when they answer, where that is written, and when somebody last checked.

Every entry is looked at again within `REVIEW_WITHIN`: a test fails when one was not. Hours are minutes of the day, Asia/Tokyo.

Left out until checked:
    #いのちSOS 0120-061-338    the hours that sources give contradict each other
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.clock import TOKYO
from shared.events.intake import UrgentKind

REVIEW_WITHIN = timedelta(days=180)
DAY = 24 * 60


@dataclass(frozen=True)
class Hotline:
    """`hours` is (first minute, last minute) of every day, None where it differs by region; `all_day_on` names days of the month
    on which it answers around the clock. `kinds` are the dangers it is for."""

    name: str
    number: str
    hours: tuple[int, int] | None
    kinds: frozenset[UrgentKind]
    source: str
    verified_at: date
    note: str = ""
    all_day_on: frozenset[int] = field(default_factory=frozenset)

    @property
    def href(self) -> str:
        """For a link that dials."""
        return "tel:" + self.number.replace("-", "").replace("#", "%23")

    @property
    def hours_text(self) -> str:
        if self.hours is None:
            return "受付時間は地域によって違います"
        if self.hours == (0, DAY):
            return "24時間"
        days = "".join(f"、毎月{day}日は24時間" for day in sorted(self.all_day_on))
        return f"毎日 {self.hours[0] // 60}:00〜{self.hours[1] // 60}:00{days}"

    def open_at(self, now: datetime) -> bool:
        """Whether it surely answers at `now`. One whose hours differ by region is never counted as open."""
        if self.hours is None:
            return False
        local = now.astimezone(TOKYO)
        if local.day in self.all_day_on:
            return True
        return self.hours[0] <= local.hour * 60 + local.minute < self.hours[1]


ALWAYS = (0, DAY)
CHECKED = date(2026, 11, 22)
_MHLW = "https://www.mhlw.go.jp/mamorouyokokoro/soudan/tel/"


def _for(*kinds: UrgentKind) -> frozenset[UrgentKind]:
    return frozenset(kinds)


EVERYBODY = _for("suicide", "violence", "abuse", "eviction", "hunger")

HOTLINES: tuple[Hotline, ...] = (
    Hotline("警察（いま危険なとき）", "110", ALWAYS, _for("violence", "abuse"), "https://www.npa.go.jp/", CHECKED),
    Hotline(
        "救急（けが・薬をたくさん飲んだとき）", "119", ALWAYS, _for("suicide", "violence", "abuse", "hunger"),
        "https://www.fdma.go.jp/", CHECKED,
    ),
    Hotline(
        "よりそいホットライン", "0120-279-338", ALWAYS, EVERYBODY, _MHLW, CHECKED,
        note="無料。どんな困りごとでも話せます。",
    ),
    Hotline(
        "DV相談プラス", "0120-279-889", ALWAYS, _for("violence"),
        "https://www.gender.go.jp/policy/sokushin/ouen/safe/dv/", CHECKED, note="無料。チャットは12:00〜22:00。",
    ),
    Hotline(
        "児童相談所 虐待対応ダイヤル", "189", None, _for("abuse", "violence"),
        "https://www.cfa.go.jp/policies/jidougyakutai/gyakutai-taiou-dial/", CHECKED,
        note="子どものこと。お住まいの地域の児童相談所につながります。",
    ),
    Hotline(
        "いのちの電話", "0120-783-556", (16 * 60, 21 * 60), _for("suicide"), _MHLW, CHECKED, note="無料。",
        all_day_on=frozenset({10}),
    ),
    Hotline("いのちの電話（ナビダイヤル）", "0570-783-556", (10 * 60, 22 * 60), _for("suicide"), _MHLW, CHECKED),
    Hotline(
        "チャイルドライン（18歳まで）", "0120-99-7777", (16 * 60, 21 * 60), _for("suicide", "abuse"), _MHLW, CHECKED,
        note="無料。",
    ),
    Hotline("こころの健康相談統一ダイヤル", "0570-064-556", None, _for("suicide"), _MHLW, CHECKED),
    Hotline(
        "DV相談ナビ", "#8008", None, _for("violence"),
        "https://www.gender.go.jp/policy/no_violence/dv_navi/", CHECKED,
    ),
    Hotline(
        "性犯罪・性暴力の相談（ワンストップ支援センター）", "#8891", None, _for("violence"),
        "https://www.gender.go.jp/policy/no_violence/seibouryoku/consult.html", CHECKED,
    ),
)  # fmt: skip


def open_now(kind: UrgentKind, now: datetime) -> list[Hotline]:
    """The hotlines for `kind` that answer at `now`, in the order they should be read."""
    return [line for line in HOTLINES if kind in line.kinds and line.open_at(now)]


def maybe_open(kind: UrgentKind) -> list[Hotline]:
    """The hotlines for `kind` whose hours differ by region."""
    return [line for line in HOTLINES if kind in line.kinds and line.hours is None]


def stale(today: date) -> list[Hotline]:
    """Entries that nobody has checked within `REVIEW_WITHIN`."""
    return [line for line in HOTLINES if today - line.verified_at > REVIEW_WITHIN]
