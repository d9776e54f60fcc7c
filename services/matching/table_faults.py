"""Why a file is no table that could be read, in both languages. What is wrong in single rows is told row by row instead."""

from collections.abc import Mapping
from typing import Any, Final

from shared.errors import Invalid

MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "empty": {"ja": "中身がありません", "en": "the file is empty"},
    "not_text": {
        "ja": "文字が UTF-8 でも CP932（Shift_JIS）でもありません",
        "en": "neither UTF-8 nor CP932 (Shift_JIS)",
    },
    "not_csv": {
        "ja": "{line}行目で、CSVとして読めなくなりました。引用符（\"）が閉じているか確かめてください",
        "en": "not a CSV file from line {line} on",
    },
    "not_json": {"ja": "{line}行目で、JSONとして読めなくなりました", "en": "not JSON from line {line} on"},
    "not_a_list": {
        "ja": "JSONのいちばん外側が、[ ] の一覧ではありません",
        "en": "not a list of objects",
    },
    "no_column": {"ja": "1行目の見出しに、{japanese}がありません", "en": "the header lacks {names}"},
    "too_many_rows": {"ja": "{most}行より多くあります。分けて送ってください", "en": "more than {most} rows"},
    "no_occupation_header": {
        "ja": "「厚生労働省職業分類」と特徴の見出しがある行がありません",
        "en": "no row names the occupation's code and a scale",
    },
    "no_occupation": {
        "ja": "職業分類の番号がある行がありません",
        "en": "no occupation with a code of the classification",
    },
}  # fmt: skip


class NoTable(Invalid):
    """The file as a whole cannot be read. `japanese` says why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__("body", MESSAGES[code]["en"].format(**facts))
        self.japanese = MESSAGES[code]["ja"].format(**facts)
