"""Licences and qualifications: one short list of codes for what companies ask and what people hold, and how names become codes.

`code_of` reads the names of Hello Work's advertisements and of everyday speech. Licences that are not in the list are kept by name: `named`
gives the code or the tidied name, so that what is written the same way on both sides still meets.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Licence:
    """`pattern` finds it in a folded name (NFKC, no spaces, upper case). `covers`: what whoever holds it may do as well."""

    code: str
    label: str
    pattern: str
    covers: tuple[str, ...] = ()


# The first that fits is taken, so the more particular stand before the more general.
# Driving: 道路交通法85条, 86条, and the transitional rules of 2007 and 2017. Care: 介護保険法8条2項, 介護保険法施行令3条. Nursing: 保健師助産師看護師法31条2項. Electricity: 電気工事士法3条.
LICENCES: tuple[Licence, ...] = (
    Licence("driving_large_2", "大型自動車（第二種）の免許", r"大型(自動車)?(第?(二|2)種|.*バス)", ("driving_large",)),
    Licence("driving_medium_2", "中型自動車（第二種）の免許", r"(?<!準)中型(自動車)?第?(二|2)種", ("driving_medium",)),
    Licence("driving_2", "普通自動車（第二種）の免許", r"普通(自動車)?第?(二|2)種", ("driving",)),
    Licence("driving_special", "大型特殊自動車の免許", r"大型特殊"),
    Licence(
        "driving_semi_medium_5t", "準中型自動車（5トン限定）の免許：2017年3月11日までに取った普通免許",
        r"準中型.*5(トン|T)|(?<!準)5(トン|T)限定", ("driving",),
    ),
    Licence(
        "driving_medium_8t", "中型自動車（8トン限定）の免許：2007年6月1日までに取った普通免許",
        r"8(トン|T)", ("driving_semi_medium",),
    ),
    Licence("driving_large", "大型自動車の免許", r"大型(自動車|免許|第?(一|1)種)|^大型$", ("driving_medium",)),
    Licence("driving_semi_medium", "準中型自動車の免許", r"準中型", ("driving_semi_medium_5t",)),
    Licence("driving_medium", "中型自動車の免許", r"中型", ("driving_medium_8t",)),
    Licence(
        "driving_at", "普通自動車の免許（AT限定）",
        r"^(?!.*限定不可)(?=.*(AT|オートマ)).*(普通|自動車|運転免許|限定)", ("moped",),
    ),
    Licence("driving", "普通自動車の免許", r"普通(自動車|免許|車|第?(一|1)種)|^(自動車)?(運転)?免許証?$|車の免許|自動車(運転)?免許", ("driving_at",)),
    Licence("motorcycle", "オートバイ（自動二輪）の免許", r"二輪|オートバイ|バイク(?!.*原)", ("moped",)),
    Licence("moped", "原付の免許", r"原付|原動機付"),
    Licence("forklift", "フォークリフト（技能講習）", r"フォークリフト"),
    Licence("slinging", "玉掛け（技能講習）", r"玉掛"),
    Licence("crane", "クレーンの資格", r"クレーン"),
    Licence("construction_machine", "車両系建設機械（技能講習）", r"車両系建設機械"),
    Licence("welding", "溶接の資格", r"溶接"),
    Licence("electrician_1", "電気工事士（第一種）", r"第?(一|1)種電気工事士|電気工事士.*(一|1)種", ("electrician_2",)),
    Licence("electrician_2", "電気工事士（第二種）", r"電気工事士"),
    Licence("dangerous_goods", "危険物取扱者", r"危険物取扱"),
    Licence("care_manager", "ケアマネジャー（介護支援専門員）", r"介護支援専門員|ケアマネ"),
    Licence("care_practitioner", "介護職員実務者研修", r"実務者研修|(ホーム)?ヘルパー1級|基礎研修", ("care_initial",)),
    Licence("care_initial", "介護職員初任者研修（ヘルパー2級）", r"初任者研修|ヘルパー(2級)?|訪問介護員"),
    Licence("care_worker", "介護福祉士", r"介護福祉士", ("care_practitioner",)),
    Licence("mental_health_worker", "精神保健福祉士", r"精神保健福祉士"),
    Licence("social_worker", "社会福祉士", r"社会福祉士"),
    Licence("public_health_nurse", "保健師", r"保健師", ("nurse",)),
    Licence("midwife", "助産師", r"助産師", ("nurse",)),
    Licence("assistant_nurse", "准看護師", r"准看護師|准看"),
    Licence("nurse", "看護師", r"看護師", ("assistant_nurse",)),
    Licence("physical_therapist", "理学療法士", r"理学療法士"),
    Licence("occupational_therapist", "作業療法士", r"作業療法士"),
    Licence("pharmacist", "薬剤師", r"薬剤師"),
    Licence("drug_seller", "登録販売者", r"登録販売者"),
    Licence("dental_hygienist", "歯科衛生士", r"歯科衛生士"),
    Licence("medical_office", "医療事務の資格", r"医療事務|診療報酬請求"),
    Licence("nursery_teacher", "保育士", r"保育士"),
    Licence("kindergarten_teacher", "幼稚園の先生の免許", r"幼稚園"),
    Licence("school_teacher", "学校の先生の免許", r"(小学校|中学校|高等学校|高校|特別支援学校|学校の先生).*(教諭|教員|免許)|教員免許"),
    Licence("registered_dietitian", "管理栄養士", r"管理栄養士"),
    Licence("dietitian", "栄養士", r"栄養士"),
    Licence("cook", "調理師", r"調理師"),
    Licence("hairdresser", "美容師・理容師", r"[美理]容師"),
    Licence("real_estate", "宅地建物取引士", r"宅地建物取引|宅建"),
    Licence("bookkeeping_1", "簿記1級", r"簿記.*1級", ("bookkeeping_2",)),
    Licence("bookkeeping_2", "簿記2級", r"簿記.*2級", ("bookkeeping_3",)),
    Licence("bookkeeping_3", "簿記3級", r"簿記.*3級"),
    Licence("architect", "建築士", r"建築士"),
    Licence("site_manager", "施工管理技士", r"施工管理技士"),
)  # fmt: skip
BY_CODE: Mapping[str, Licence] = MappingProxyType({one.code: one for one in LICENCES})
_PATTERNS = tuple((re.compile(one.pattern), one.code) for one in LICENCES)


def code_of(name: str) -> str | None:
    """The code of a licence by its name (or by its code); None for one that is not in the list."""
    if name in BY_CODE:
        return name
    folded = re.sub(r"[()【】・]", "", _fold(name).upper())
    return next((code for pattern, code in _PATTERNS if pattern.search(folded)), None)


def named(name: str) -> str:
    """The code, or the tidied name of a licence that is not in the list."""
    return code_of(name) or _fold(name)


def named_all(names: Iterable[str]) -> tuple[str, ...]:
    """Each once, in order."""
    return tuple(dict.fromkeys(found for name in names if (found := named(name))))


def label(code: str) -> str:
    """How people call it; of a licence that is not in the list, its name."""
    known = BY_CODE.get(code)
    return known.label if known else code


def covered(codes: Iterable[str]) -> frozenset[str]:
    """The licences and all that they include: who may drive a lorry may drive a car."""
    found: set[str] = set()
    left = list(codes)
    while left:
        code = left.pop()
        if code not in found:
            found.add(code)
            known = BY_CODE.get(code)
            left.extend(known.covers if known else ())
    return frozenset(found)


def _fold(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
