"""The recorded reason of an assignment in words: exact for staff, plain for residents. The codes are those of `assignment` and `quota`."""

from collections.abc import Mapping
from typing import Any

FOR_STAFF = {
    "chosen": "相談員の指名がありました。",
    "present": "変更の前と同じ相談員です（候補{considered}人）。",
    "continuity": "前回の相談と同じ相談員です（候補{considered}人）。",
    "preference": "希望された性別に合う相談員です（候補{considered}人）。",
    "own": "共同プールより先に、自治体の相談員から選びました（候補{considered}人）。",
    "turn": "候補{considered}人のうち、担当時間が公平な配分から見ていちばん少ない相談員です（差 {deficit_minutes:+d}分）。",
    "quiet-day": "担当時間の配分が同じため、その日の予約が少ない相談員を選びました（候補{considered}人）。",
    "even": "条件が同じ候補{considered}人の中から、登録番号の順で選びました。",
    "only": "この時間に条件に合う、ただ一人の候補でした。",
}
FOR_RESIDENTS = {
    "chosen": "あなたが選んだ相談員です。",
    "present": "変更の前と同じ相談員です。",
    "continuity": "前回と同じ相談員です。",
    "preference": "あなたの希望に合う相談員です。",
    "own": "あなたのまちの相談員です。",
    "only": "この時間に相談できる相談員です。",
}
IN_TURN = "この時間に相談できる相談員の中から、順番で決まりました。"
"""For residents: turn, quiet-day, even, and whatever code may come."""

MATCHED = {
    "language": "言語",
    "skills": "専門分野",
    "gender": "性別",
    "anew": "前回と別の相談員",
}
QUOTA = {
    "own": "プールの利用は、自治体の枠の中です。",
    "released": "プールの利用は、自治体の枠の中です（開放後の残りから）。",
    "borrowed": "プールの利用は、自治体の枠をこえ、ほかの自治体が使っていない時間を借りています。",
    "kept": "プールの利用時間は、変更の前より増えていません。",
}


def with_quota(assignment: Mapping[str, Any] | None, code: str) -> dict[str, Any]:
    """The record of an assignment together with why the pool's time was given; without an assignment somebody chose the counsellor."""
    return {**(assignment or {"code": "chosen"}), "quota": code}


def for_staff(assignment: Mapping[str, Any]) -> str:
    """The whole reason, with its numbers."""
    numbers = {"considered": 0, "deficit_minutes": 0, **assignment}
    parts = [FOR_STAFF.get(assignment["code"], FOR_STAFF["even"]).format_map(numbers)]
    met = [MATCHED[name] for name in assignment.get("matched", ()) if name in MATCHED]
    if met:
        parts.append(f"希望に合うもの：{'、'.join(met)}。")
    if (code := assignment.get("quota")) in QUOTA:
        parts.append(QUOTA[code])
    return "".join(parts)


def for_resident(assignment: Mapping[str, Any]) -> str:
    """One plain sentence; nothing of other people's work or of whose time it is.

    Whatever put them ahead of the others: that one knows them, or that they are what was wished for, is what a resident wants to know.
    """
    met = assignment.get("matched", ())
    known = next((code for code in ("present", "continuity") if code in met), None)
    wished = "preference" if any(name in met for name in ("language", "skills", "gender")) else None
    return FOR_RESIDENTS.get(known or wished or assignment["code"], IN_TURN)
