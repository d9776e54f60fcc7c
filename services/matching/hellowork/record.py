"""One record of 求人情報提供 as an advertisement: what an offer needs, and what only people read.

A tag that decides whether the offer can be shown at all (number, company, work, place, last day) stops the record when it is wrong;
any other leaves its field unknown. Each is reported by record, number and tag. Age limits are kept as text; nothing matches by age.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from services.matching.area import Areas
from services.matching.hellowork.figures import day, number, plain
from services.matching.hellowork.reading import Record
from services.matching.hellowork.wage import Wage, believable, form_of, wage_of
from services.matching.hellowork.worktime import WorkTime, work_time
from services.matching.licences import named_all
from services.matching.offer import EmploymentForm, Offer

Code = Literal["missing", "unreadable", "unknown_place", "too_long", "twice", "implausible"]
KJNO = re.compile(r"\d{5}-\d{1,8}")
OCCUPATION = re.compile(r"(?<!\d)(0\d{2}-\d{2})(?!\d)")
FORMS: tuple[tuple[str, EmploymentForm], ...] = (
    ("派遣", "dispatch"), ("パート", "part_time"), ("正社員以外", "contract"), ("正社員", "full_time"),
    ("契約", "contract"), ("嘱託", "contract"), ("有期", "contract"), ("委任", "mandate"), ("委託", "mandate"),
    ("請負", "mandate"),
)  # fmt: skip
NEEDED = ("jgshmei", "sksu", "shgbsjusho1_n", "kjyukoymd")
INSURANCES = {"koyo": "雇用", "rosai": "労災", "kenko": "健康", "kosei": "厚生"}
LICENCES = tuple((f"menkyo_skku{n}_n", f"menkyo_skkuyohi{n}_n") for n in (1, 2, 3))
NOT = frozenset({"", "0", "なし", "無", "無し", "不可", "否"})
LONGEST_NAME, LONGEST_TEXT = 100, 4000
AT_HOME = re.compile(r"完全在宅|在宅勤務のみ|フルリモート|通勤なし")


@dataclass(frozen=True)
class Problem:
    """`skips`: the record was left out; otherwise only what the tag says was."""

    record: int
    kjno: str
    tag: str
    code: Code
    skips: bool = False


@dataclass(frozen=True)
class Advert:
    """`municipality_code` is None outside the municipalities asked for, unless all the work is done at home (`remote`; work that is
    done at home at times is only labelled so: it stays bound to its place). `notes`: (label, text) for people to read.

    `licences` are required ones, by name. `tags` as the file has them, known or not.
    """

    kjno: str
    company_name: str
    title: str
    description: str
    municipality_code: str | None
    place: str
    time: WorkTime
    wage: Wage | None
    remote: bool
    employment_form: EmploymentForm | None
    occupation_code: str | None
    licences: tuple[str, ...]
    labels: tuple[str, ...]
    open_places: int | None
    received_on: date | None
    expires_on: date
    notes: tuple[tuple[str, str], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def offer(self, offer_id: str, company_id: str, now: datetime) -> Offer:
        """As an offer of the company, open until its last day. Places in `municipality_code` only: raises ValueError without one."""
        if self.municipality_code is None:
            raise ValueError("the place is not one of the tenant's")
        notes = "\n".join(f"{label}：{text}" for label, text in self.notes)
        return Offer(
            id=offer_id,
            company_id=company_id,
            company_name=self.company_name,
            kind="job",
            title=self.title,
            description=f"{self.description}\n\n{notes}".strip()[:LONGEST_TEXT],
            municipality_code=self.municipality_code,
            hours=self.time.windows,
            hourly_wage_yen=self.wage.hourly if self.wage else None,
            remote=self.remote,
            values={},
            tags=self.labels,
            created_at=now,
            expires_on=self.expires_on,
            open_places=self.open_places,
            occupation_code=self.occupation_code,
            employment_form=self.employment_form,
            licences=named_all(self.licences),
            work_days_a_week=self.time.days_a_week,
            unsaid=self.time.unsaid,
            source="hellowork",
            source_id=self.kjno,
        )


def read_record(
    record: Record, areas: Areas, reach: frozenset[str]
) -> tuple[Advert | None, tuple[Problem, ...]]:
    """The advertisement, or None with the problems that stopped it. `reach`: municipality codes that the tenant works with."""
    tags = record.tags
    kjno = plain(tags.get("kjno", ""))[:20]
    place, expires = tags.get("shgbsjusho1_n", ""), day(tags.get("kjyukoymd", ""))
    found = areas.named(place)
    stopping = tuple(
        Problem(record.number, kjno, tag, code, skips=True)
        for tag, code in _stopping(record, kjno, known_place=found is not None, known_end=expires is not None)
    )
    if stopping or found is None or expires is None:
        return None, stopping
    time = work_time(tags)
    wage = _wage(tags, time.minutes_a_day)
    remote = bool(AT_HOME.search(tags.get("ztkkimmu_n", "")))
    advert = Advert(
        kjno=kjno,
        company_name=tags["jgshmei"][:LONGEST_NAME],
        title=tags["sksu"][:LONGEST_NAME],
        description=tags.get("shigoto_ny", ""),
        municipality_code=areas.in_reach(found, reach) or (found.code if remote else None),
        place=place,
        time=time,
        wage=wage if wage and believable(wage) else wage and replace(wage, hourly=None, derived=False),
        remote=remote,
        employment_form=_form(tags.get("koyokeitai_n", "")),
        occupation_code=_occupation(tags),
        licences=_licences(tags),
        labels=tuple(_labels(tags)),
        open_places=number(tags.get("saiyoninzu_n", "")),
        received_on=day(tags.get("uktkymd_seireki") or tags.get("uktkymd_wareki", "")),
        expires_on=expires,
        notes=tuple(_notes(tags, wage)),
        tags=tags,
    )
    return advert, tuple(
        Problem(record.number, kjno, tag, code) for tag, code in _unknown(tags, advert, wage)
    )


def _stopping(record: Record, kjno: str, *, known_place: bool, known_end: bool) -> Iterator[tuple[str, Code]]:
    tags = record.tags
    if record.too_long:
        yield "data", "too_long"
    if not KJNO.fullmatch(kjno):
        yield "kjno", "unreadable" if kjno else "missing"
    yield from ((tag, "missing") for tag in NEEDED if tag not in tags)
    if "kjyukoymd" in tags and not known_end:
        yield "kjyukoymd", "unreadable"
    if "shgbsjusho1_n" in tags and not known_place:
        yield "shgbsjusho1_n", "unknown_place"


def _unknown(tags: Mapping[str, str], advert: Advert, wage: Wage | None) -> Iterator[tuple[str, Code]]:
    yield from ((tag, "unreadable") for tag in advert.time.wrong)
    if wage and not believable(wage):
        yield "chgnkeitai_kagen" if "chgnkeitai_kagen" in tags else "khkykagen", "implausible"
    numbers = ("chgnkeitai_kagen", "chgnkeitai_jgn", "khkykagen", "khkyjgn", "nenkankjsu_n", "saiyoninzu_n")
    yield from ((tag, "unreadable") for tag in numbers if tag in tags and number(tags[tag]) is None)
    if advert.received_on is None and tags.keys() & {"uktkymd_seireki", "uktkymd_wareki"}:
        yield "uktkymd_seireki" if "uktkymd_seireki" in tags else "uktkymd_wareki", "unreadable"
    if advert.occupation_code is None and tags.keys() & {"sngbrui_n", "sngbrui_c"}:
        yield "sngbrui_n" if "sngbrui_n" in tags else "sngbrui_c", "unreadable"


def _wage(tags: Mapping[str, str], minutes_a_day: int | None) -> Wage | None:
    """The amount in the unit that is named; otherwise the basic pay, by the hour for part-time and by the month for full-time offers."""
    form = form_of(plain(tags.get("chgnkeitai_n", "")))
    low, high = (number(tags.get(tag, "")) for tag in ("chgnkeitai_kagen", "chgnkeitai_jgn"))
    if form is None or low is None:
        part_time = "パート" in tags.get("kjkbn2_n", "") or "パート" in tags.get("koyokeitai_n", "")
        if not (part_time or "フルタイム" in tags.get("kjkbn2_n", "")):
            return None
        form = "hour" if part_time else "month"
        low, high = (number(tags.get(tag, "")) for tag in ("khkykagen", "khkyjgn"))
    if low is None:
        return None
    return wage_of(form, low, high, minutes_a_day, number(tags.get("nenkankjsu_n", "")))


def _form(text: str) -> EmploymentForm | None:
    return next((form for word, form in FORMS if word in text), "other") if text else None


def _occupation(tags: Mapping[str, str]) -> str | None:
    """Small-group code of 厚生労働省編職業分類 (2022), as in 072-01."""
    found = (OCCUPATION.search(plain(tags.get(tag, ""))) for tag in ("sngbrui_n", "sngbrui_c"))
    return next((match[1] for match in found if match), None)


def _licences(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Those without which one cannot apply: a licence that is merely welcome (あれば尚可) is none."""
    said = ((tags.get(name, ""), tags.get(need, "必須")) for name, need in LICENCES)
    return tuple(dict.fromkeys(plain(name) for name, need in said if name and "必須" in need))


def _labels(tags: Mapping[str, str]) -> Iterator[str]:
    at_home = plain(tags.get("ztkkimmu_n", ""))
    if at_home not in NOT:
        yield "在宅勤務あり"
    car = plain(tags.get("mycartsknkahi_n", ""))
    if car and car not in NOT:
        yield "マイカー通勤可"
    held = [name for part, name in INSURANCES.items() if plain(tags.get(f"knyhkn_{part}", "")) not in NOT]
    if held:
        yield "保険：" + "・".join(held)


def _notes(tags: Mapping[str, str], wage: Wage | None) -> Iterator[tuple[str, str]]:
    """Text of the advertisement, unchanged but for its label."""
    if wage and wage.derived and believable(wage):
        yield (
            "1時間あたりの目安",
            f"{wage.hourly}円（求人票の{tags.get('chgnkeitai_n', '基本給')}と時間から計算しました）",
        )
    shown = {
        "chgnkeitai_n": "賃金の形",
        "shgbs_myre": "最寄り駅",
        "jkgi_thkinjn_ji_n": "時間外（月の平均・時間）",
        "kyjs": "休日",
        "nenkankjsu_n": "年間の休日",
    }
    yield from ((label, tags[tag]) for tag, label in shown.items() if tag in tags)
    ages = [tags.get(f"nenreisegnari_{end}", "") for end in ("kagen", "jgn")]
    if any(ages):
        yield (
            "年齢について（求人票のとおり）",
            "〜".join(f"{age}歳" if age.isdigit() else age for age in ages),
        )
