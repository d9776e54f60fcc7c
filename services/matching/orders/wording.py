"""What staff and workers read about assignments, in plain Japanese."""

from collections.abc import Mapping
from types import MappingProxyType

from services.matching.orders.assignment import Reason, State
from services.matching.orders.explaining import Why
from services.matching.orders.order import State as OrderState
from shared.events.matching.orders import ReturnReason

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "pinned": "職員がこの人にお願いしたいと決めました",
        "quality": "これまでの結果から、{percent}%以上の出来が見込めます",
        "new": "この種類の仕事は、これから始めるところです",
        "continuity": "この注文の仕事をしたことがあります",
        "growth": "新しい力になる仕事です。できたものは、職員がすべて見ます",
        "more_hours": "もっと働きたいと希望しています",
        "in_time": "期限の{days}日前に終わる見込みです",
        "in_time_0": "期限までに終わる見込みです",
        "by_hand": "職員が選びました",
    }
)
WORKER_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "pinned": "職員が、あなたにお願いしたいと考えました",
        "quality": "これまでの仕事ぶりを見て、お願いしたいと考えました",
        "new": "この種類の仕事を、ためしてみませんか",
        "continuity": "前にもしてくれた仕事の続きです",
        "growth": "新しいことをためせる仕事です。できたものは職員がいっしょに見ます",
        "more_hours": "もっと働きたいという希望に合わせました",
        "in_time": "予定の時間で、余裕をもって終わる見込みです",
        "in_time_0": "予定の時間で終わる見込みです",
        "by_hand": "職員が、あなたにお願いしたいと考えました",
    }
)
"""The same, to the worker: no number about anybody's work."""
WHY: Mapping[Why, str] = MappingProxyType(
    {
        "nobody": "働ける時間のわかる人がまだいません",
        "skill": "必要な技能をもつ人がいません",
        "pinned": "お願いしたい人に、必要な技能がないか、時間がたりません",
        "barred": "お願いできる人がいません（外した人・断った人のほかに）",
        "bar": "この仕事の水準に届く見込みの人がいません",
        "room": "期限までに時間のある人がいません",
        "quota": "のびる機会のための枠を、使いきりました",
        "busy": "ほかの仕事を先にしたので、時間が残りませんでした",
    }
)
ORDER_STATES: Mapping[OrderState, str] = MappingProxyType(
    {
        "draft": "下書き",
        "accepted": "受けた",
        "in_progress": "作業中",
        "delivered": "納品した",
        "accepted_by_client": "検収ずみ",
        "returned": "戻ってきた",
        "cancelled": "取りやめ",
    }
)
ASSIGNMENT_STATES: Mapping[State, str] = MappingProxyType(
    {
        "proposed": "お願い中",
        "accepted": "引き受けた",
        "in_progress": "作業中",
        "recorded": "確認待ち",
        "completed": "完了",
        "declined": "今回は見送り",
        "withdrawn": "取り下げ",
    }
)
RETURNS: Mapping[ReturnReason, str] = MappingProxyType(
    {
        "content": "内容のまちがい",
        "missing": "ぬけ",
        "format": "形式のちがい",
        "unclear_instruction": "指示がわかりにくかった",
        "other": "そのほか",
    }
)


def reason_text(reason: Reason, *, to_worker: bool = False) -> str:
    """One reason in words, for staff or for the worker."""
    texts = WORKER_REASONS if to_worker else REASONS
    code = "in_time_0" if reason.code == "in_time" and reason.value < 1 else reason.code
    return texts[code].format(percent=round(reason.value * 100), days=round(reason.value))
