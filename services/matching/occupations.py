"""Occupation profiles: how much each occupation gives of the eleven values and speaks to the six interests.

Read from the numeric file of job tag that the municipality downloads itself. Columns are found by their names, in any order; a cell
without a number is unknown, never nought. The file's scales run from 1 to 5; profiles run from 0 to 1.
Occupations that share a code of the classification (several of job tag's may) are averaged.
"""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from services.matching.table_faults import NoTable
from services.matching.values import CALLINGS, SCALES, Calling, Scale

LOWEST, HIGHEST = 1.0, 5.0
CODE = re.compile(r"(\d{3}-\d{2})$")
STRENGTH = 5.0
"""How many answers of a company weigh as much as the occupation's profile (k)."""
K = TypeVar("K", bound=str)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": (
        "code",
        "mhlw_main",
        "厚生労働省職業分類",
        "職業分類コード",
        "厚労省職業分類",
        "主な厚生労働省職業分類",
    ),
    "title": ("title", "title_ja", "職業名", "収録職業名"),
    "realistic": ("現実的",),
    "investigative": ("研究的",),
    "artistic": ("芸術的",),
    "social": ("社会的",),
    "enterprising": ("企業的",),
    "conventional": ("慣習的",),
    "achievement": ("達成感",),
    "autonomy": ("自律性",),
    "expertise": ("専門性",),
    "growth": ("自己成長", "self_growth"),
    "recognition": ("社会的認知・地位", "social_recognition"),
    "service": ("奉仕・社会貢献", "service_contribution"),
    "relationships": ("良好な対人関係", "good_relationships"),
    "safety": ("労働安全衛生", "workplace_safety"),
    "balance": ("私生活との両立", "work_life_balance"),
    "stability": ("雇用や生活の安定性",),
    "reward": ("報酬や収入", "compensation"),
}
_PREFIX = re.compile(r"^(?:職業興味|仕事価値観|興味|価値観)[_：:／/\-－]?")


@dataclass(frozen=True)
class Occupation:
    """`values`, `interests` 0 to 1, without those that are unknown. `merged`: how many of the file's occupations it is made of."""

    code: str
    title: str
    values: Mapping[Scale, float]
    interests: Mapping[Calling, float]
    merged: int = 1


@dataclass(frozen=True)
class Fault:
    """`row` counts as a spreadsheet does. `column` as the file names it."""

    row: int
    column: str


@dataclass(frozen=True)
class Occupations:
    """By code (072-01). `downloaded_on`: the day on which the municipality took the file from job tag."""

    by_code: Mapping[str, Occupation] = field(default_factory=dict)
    downloaded_on: date | None = None
    version: str = ""

    @property
    def attribution(self) -> str:
        """To be shown wherever a profile is. Source of the duty: job tag, 利用規約 (secondary use with the source named)."""
        taken = f"、{self.downloaded_on:%Y年%m月%d日}ダウンロード" if self.downloaded_on else ""
        version = f"（{self.version}）" if self.version else ""
        return (
            "出典：職業情報データベース 簡易版数値系ダウンロードデータ"
            f"{version}（独立行政法人労働政策研究・研修機構（JILPT）作成）、"
            f"厚生労働省 職業情報提供サイト job tag より{taken}。0〜1に直し、同じ分類の職業は平均しています。"
        )

    def of(self, code: str | None) -> Occupation | None:
        """The profile for an offer's occupation code; None where none is held."""
        return self.by_code.get(code) if code else None


def read_occupations(
    body: bytes, downloaded_on: date | None = None, version: str = ""
) -> tuple[Occupations, list[Fault]]:
    """CP932 or UTF-8. The header is the first row that names the code and at least one scale (the file has lines before it).

    Raises NoTable when there is no such row.
    """
    reader = csv.reader(io.StringIO(_text(body), newline=""))
    try:
        rows = list(reader)
    except csv.Error as error:
        raise NoTable("not_csv", line=reader.line_num) from error
    start, columns = _header(rows)
    found: dict[str, list[Occupation]] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(rows[start + 1 :], start=start + 2):
        if any(cell.strip() for cell in cells):
            row = {
                name: cells[place].strip() if place < len(cells) else "" for name, place in columns.items()
            }
            wrong = [name for name in columns if name not in ("code", "title") and _score(row[name]) == "bad"]
            code = CODE.search(unicodedata.normalize("NFKC", row["code"]))
            wrong += [] if code else ["code"]
            faults += [Fault(number, rows[start][columns[name]]) for name in wrong]
            if code:
                found.setdefault(code[1], []).append(_occupation(code[1], row))
    merged = {code: _merge(same) for code, same in sorted(found.items())}
    return Occupations(merged, downloaded_on, version), faults


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoTable("not_text")


def _fold(name: str) -> str:
    name = re.sub(r"[\s・･、]", "", unicodedata.normalize("NFKC", name)).casefold()
    return _PREFIX.sub("", name)


_NAMES = {
    _fold(name): column for column, names in COLUMNS.items() for name in (column, *names)
}  # the same fold on both sides


def _header(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    for number, cells in enumerate(rows[:20]):
        columns: dict[str, int] = {}
        for place, cell in enumerate(cells):
            if (name := _NAMES.get(_fold(cell))) is not None:
                columns.setdefault(name, place)
        if "code" in columns and columns.keys() & {*SCALES, *CALLINGS}:
            return number, {"title": columns["code"], **columns}
    raise NoTable("no_occupation_header")


def _score(cell: str) -> float | str | None:
    """0 to 1; None without a number, "bad" for one outside the scale."""
    text = unicodedata.normalize("NFKC", cell)
    try:
        score = float(text)
    except ValueError:
        return None if re.fullmatch(r"[-*…‐―ー.xX]*|n/?a|NA|欠損", text) else "bad"
    return (score - LOWEST) / (HIGHEST - LOWEST) if LOWEST <= score <= HIGHEST else "bad"


def _occupation(code: str, row: Mapping[str, str]) -> Occupation:
    scores = {name: score for name in row if isinstance(score := _score(row[name]), float)}
    return Occupation(
        code,
        row["title"],
        {scale: scores[scale] for scale in SCALES if scale in scores},
        {calling: scores[calling] for calling in CALLINGS if calling in scores},
    )


def _merge(same: list[Occupation]) -> Occupation:
    if len(same) == 1:
        return same[0]
    titles = "・".join(dict.fromkeys(one.title for one in same))
    values = _means(SCALES, [one.values for one in same])
    return Occupation(
        same[0].code, titles, values, _means(CALLINGS, [one.interests for one in same]), len(same)
    )


def _means(names: Iterable[K], said: list[Mapping[K, float]]) -> dict[K, float]:
    """The mean of those that say something about it."""
    by_name = {name: [one[name] for one in said if name in one] for name in names}
    return {name: math.fsum(scores) / len(scores) for name, scores in by_name.items() if scores}


def standings(occupations: Iterable[Occupation]) -> dict[str, dict[str, float]]:
    """The z-score of each occupation on each scale among those that have it: code -> scale -> z. Nought where all are alike."""
    every = list(occupations)
    profiles = {one.code: {**one.values, **one.interests} for one in every}
    z: dict[str, dict[str, float]] = {one.code: {} for one in every}
    for name in (*SCALES, *CALLINGS):
        scores = {code: float(profile[name]) for code, profile in profiles.items() if name in profile}
        if scores:
            middle = math.fsum(scores.values()) / len(scores)
            spread = math.sqrt(math.fsum((v - middle) ** 2 for v in scores.values()) / len(scores))
            for code, score in scores.items():
                z[code][name] = (score - middle) / spread if spread else 0.0
    return z


def blended(
    own: Mapping[K, float], profile: Mapping[K, float], n: int, k: float = STRENGTH
) -> dict[K, float]:
    """What an offer gives of each scale: own answers (the mean of `n` of them) with weight n/(n+k), the occupation's profile with the rest.

    Where only one of the two speaks, that one. Source of the weight: Bühlmann credibility (Experience rating and credibility, 1967).
    """
    weight = n / (n + k) if n > 0 else 0.0
    said = own if n > 0 else {}
    both = {name: weight * said[name] + (1 - weight) * profile[name] for name in said if name in profile}
    return {**profile, **said, **both}
