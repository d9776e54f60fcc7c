"""Words in an offer that look like asking for what is no condition of work: a gentle hint, never a refusal.

Which fourteen matters these are: 厚生労働省「公正な採用選考の基本」(採用選考時に配慮すべき事項). The patterns and the words of the hints are our own.
The patterns are narrow on purpose: 家族手当 or アットホームな家族経営 asks nobody anything.
"""

import re
import unicodedata
from typing import Final, Literal, get_args

Matter = Literal[
    "birthplace",
    "family",
    "housing",
    "upbringing",
    "religion",
    "party",
    "outlook",
    "revered",
    "thought",
    "union",
    "reading",
    "background_check",
    "forms",
    "health_check",
]
MATTERS: tuple[Matter, ...] = get_args(Matter)
_TELL = r"(?:を|について|など|等)*(?:お?(?:聞|伺|うかが|教え|知らせ|書き|記入|提出|確認|お持ち)|記載|申告|必要|必須)"

PATTERNS: Final[dict[Matter, str]] = {
    "birthplace": r"本籍|戸籍|出生地|出身地|国籍" + _TELL,
    "family": r"家族構成|家族(?:の|に)(?:職業|続柄|学歴|収入|資産|健康|病歴|勤め先|こと)|(?:ご?両親|父母|兄弟|配偶者)の(?:職業|勤め先|学歴)|家族" + _TELL,
    "housing": r"持ち家|借家|間取り|住宅(?:状況|の種類)|自宅(?:付近|周辺)の(?:地図|略図)",
    "upbringing": r"生活環境" + _TELL + r"|家庭環境|生い立ち|育った環境",
    "religion": r"宗教|信仰|信者",
    "party": r"支持(?:する)?政党|支持する政治家",
    "outlook": r"人生観|生活信条|座右の銘",
    "revered": r"尊敬する(?:人|人物|偉人)",
    "thought": r"思想|信条",
    "union": r"労働組合(?:の加入|に加入|への加入|歴|の有無|活動)|学生運動|社会運動",
    "reading": r"購読(?:新聞|雑誌|している新聞)|愛読書|愛読する",
    "background_check": r"身元(?:調査|確認|調べ)|素行調査|興信所|前科",
    "forms": r"社用紙|当社(?:所定|指定)の(?:履歴書|応募用紙)|住民票(?:の写し)?" + _TELL,
    "health_check": r"(?:採用|選考|応募|面接)(?:前|時|の際)?[^。\n]{0,10}健康診断|健康診断書" + _TELL + r"|病歴|既往歴",
}  # fmt: skip
_COMPILED = {matter: re.compile(pattern) for matter, pattern in PATTERNS.items()}

HINTS: Final[dict[Matter, str]] = {
    "birthplace": "生まれた場所や本籍のこと",
    "family": "家族のこと（仕事、学歴、収入、健康など）",
    "housing": "住まいのこと（持ち家か、間取りなど）",
    "upbringing": "育った環境や、家庭のようす",
    "religion": "宗教のこと",
    "party": "支持する政党のこと",
    "outlook": "人生観や生活信条のこと",
    "revered": "尊敬する人のこと",
    "thought": "思想や信条のこと",
    "union": "労働組合や社会運動のこと",
    "reading": "読んでいる新聞や本のこと",
    "background_check": "身元を調べること",
    "forms": "仕事に関わらないことまで書く用紙や書類",
    "health_check": "仕事に必要のない、採用のときの健康診断や病歴",
}
"""What a hint is about, in plain words."""


def asked_for(*texts: str) -> tuple[Matter, ...]:
    """The matters that the texts look like asking for, in the ministry's order."""
    whole = unicodedata.normalize("NFKC", "\n".join(texts))
    return tuple(matter for matter in MATTERS if _COMPILED[matter].search(whole))
