"""The catalogue: words of matching that residents and staff read outside the templates. Plain Japanese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.matching.eligibility import Obstacle
from services.matching.hours import DAY, LATEST, Window, spans_of, time_text
from services.matching.offer import Kind, Offer
from services.matching.scoring import Term
from services.matching.values import Calling, Scale

SCALES: Final[Mapping[Scale, str]] = {
    "achievement": "やりきった手ごたえ",
    "autonomy": "自分で決められること",
    "expertise": "くわしくなれること",
    "growth": "できることが増えること",
    "recognition": "認めてもらえること",
    "service": "人や地域の役に立つこと",
    "relationships": "話しやすい人間関係",
    "safety": "安全で体に無理がないこと",
    "balance": "自分の時間との両立",
    "stability": "長く続けられる安心",
    "reward": "納得できる収入",
}

STRENGTHS: Final[Mapping[Scale, str]] = {
    "achievement": "ものごとを最後までやりきることを、力に変えられる人です。",
    "autonomy": "自分で考えて動くことを、力に変えられる人です。",
    "expertise": "ひとつのことを深めていくことを、力に変えられる人です。",
    "growth": "新しいことを覚えていくことを、力に変えられる人です。",
    "recognition": "人からの信頼を、力に変えられる人です。",
    "service": "だれかの役に立つことを、力に変えられる人です。",
    "relationships": "人とのつながりを、力に変えられる人です。",
    "safety": "安心して体を使える場所で、力を出せる人です。",
    "balance": "自分の時間を守りながら、力を出せる人です。",
    "stability": "先の見通しがある場所で、こつこつ力を出せる人です。",
    "reward": "働きに見合う見返りがあるとき、力を出せる人です。",
}

KINDS: Final[Mapping[Kind, str]] = {
    "job": "求人",
    "work_experience": "職場体験",
    "supported_short_job": "支援つきの短い仕事",
    "remote_order": "在宅でできる仕事",
    "trial_work": "おためしで働く仕事",
}

OBSTACLES: Final[Mapping[Obstacle, str]] = {
    "closed": "募集が終わっています",
    "paused": "いまは募集を休んでいます",
    "expired": "募集の期限が過ぎています",
    "places": "空きがなくなりました",
    "area": "働きたい地域から離れています",
    "commute": "通える距離より遠くにあります",
    "hours": "働きたい時間に収まりません",
    "days": "働ける曜日や日数より、働く日が多くなります",
    "wage": "希望の時給に届きません",
    "wage_unknown": "時給が書かれていません",
    "licence": "持っていない資格や免許が必要です",
    "accommodation": "必要な配慮があるか、書かれていません",
    "form": "希望した働き方とちがいます",
    "not_interested": "「興味がない」を選んだ仕事です",
    "shown": "前のページで出した仕事です",
}

_FIXED: Final[Mapping[str, str]] = {
    "hours.any": "働く時間は、相談して決められます",
    "area.wished": "あなたが希望した地域の仕事です",
    "area.remote": "家など、通わずに働けます",
    "exploration.lot": "いつもと少しちがう仕事も、ひとつ入れました（くじで選んでいます）",
}
CALLINGS: Final[Mapping[Calling, str]] = {
    "realistic": "手や体を動かすこと",
    "investigative": "調べたり考えたりすること",
    "artistic": "自由に表すこと",
    "social": "人と関わり、手助けすること",
    "enterprising": "人を動かし、企てること",
    "conventional": "決まったやり方で、きちんと進めること",
}
CALLING_NAMES: Final[Mapping[Calling, str]] = {
    "realistic": "手や体を使う",
    "investigative": "調べる",
    "artistic": "表す",
    "social": "手助けする",
    "enterprising": "人を動かす",
    "conventional": "ととのえる",
}
"""Short enough for a corner of the picture."""

CALLING_STRENGTHS: Final[Mapping[Calling, str]] = {
    "realistic": "手や体を動かして、形にしていく力になります。",
    "investigative": "「なぜ」を調べて、わかるまで考える力になります。",
    "artistic": "感じたことを形にして、伝える力になります。",
    "social": "人の話を聞いて、支える力になります。",
    "enterprising": "まわりに声をかけて、ものごとを動かす力になります。",
    "conventional": "決まったことを、きちんとととのえる力になります。",
}

_LEARNED: Final[Mapping[str, tuple[str, str]]] = {
    "learned.alike": (
        "あなたが見た仕事や選んだ仕事と、いっしょに選ばれることが多い仕事です",
        "あなたが見た仕事や選んだ仕事とは、いっしょに選ばれることが少ない仕事です",
    ),
    "learned.response": (
        "この市区町村では、同じような合い方の仕事に、興味を持つ人が多いです",
        "この市区町村では、同じような合い方の仕事に、興味を持つ人は多くありません",
    ),
    "reciprocal.fit": (
        "会社が求めることと、あなたの時間や得意なことが合っています",
        "会社が求める時間や得意なことと、合わないところがあるかもしれません",
    ),
}
_UNKNOWN: Final[Mapping[str, str]] = {
    "hours": "働く時間は書かれていません。聞いてみましょう",
    "days": "働く曜日や日数は、はっきり書かれていません。聞いてみましょう",
    "wage": "時給は書かれていません。聞いてみましょう",
    "form": "雇われ方は書かれていません。聞いてみましょう",
    "distance": "どのくらい離れているか、わかりません。働く場所を聞いてみましょう",
}
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
_WEEKDAYS: Final = "月火水木金土日"


def term_text(term: Term, titles: Mapping[str, str] = NO_TITLES) -> str:
    """A term as a sentence: a reason when it speaks for the offer, a caution when it speaks against it or is not known. `titles`, by id, of
    offers that a reason may come from."""
    if term.code in _FIXED:
        return _FIXED[term.code]
    title = titles.get(str(term.facts.get("because")), "")
    if title and term.contribution > 0:
        return f"あなたが見たり選んだりした「{title}」と、いっしょに選ばれることが多い仕事です"
    if term.code in _LEARNED:
        return _LEARNED[term.code][term.contribution < 0]
    family, _, rest = term.code.partition(".")
    if family == "area":
        return _area_text(rest, str(term.facts.get("town", "")))
    if family == "exposure":
        return _exposure_text(seldom=term.facts.get("seen") == "seldom")
    if family == "interests":
        return _calling_text(CALLINGS[rest], term.contribution, int(term.facts["matters"]))  # type: ignore[index]
    if family == "push":
        return f"この市区町村が応援している仕事です（{term.facts['names']}）"
    if family == "skills":
        return f"あなたの得意なことが役に立ちます（{term.facts['tags']}）"
    if family == "values":
        return _value_text(SCALES[rest], term.contribution, int(term.facts["matters"]))  # type: ignore[index]
    if family == "unknown":
        return _UNKNOWN.get(rest) or f"「{SCALES[rest]}」については、まだ書かれていません。聞いてみましょう"  # type: ignore[index]
    if family == "hours":
        return _hours_text(term)
    if family == "wage":
        return f"希望の時給より{term.facts['more']}円高いです"
    return f"前に「興味がある」とした仕事と同じところがあります（{term.facts['tags']}）"


def _area_text(which: str, town: str) -> str:
    """`town`: the name of the municipality that only looks for the person's home."""
    if which == "home":
        return f"{town}の中で働けます" if town else "お住まいの市区町村の中で働けます"
    neighbouring = "となりの市区町村の仕事です" if town else "となりの市区町村まで通うことになります"
    return f"{neighbouring}。かかる時間を確かめてみてください"


def _exposure_text(*, seldom: bool) -> str:
    """Points alone may also be for the interest that a company meets."""
    if seldom:
        return "これまで、あまり紹介されてこなかった会社の仕事です"
    return "いろいろな会社を紹介できるように、少し上に出しています"


def _value_text(scale: str, contribution: int, matters: int) -> str:
    """`matters` is how important the person called it, 0 to 100: nobody is told they cherish what they do not."""
    if contribution < 0:
        return f"「{scale}」は、少ないかもしれません"
    if matters > 50:
        return f"あなたが大切にしている「{scale}」に合いそうです"
    return f"「{scale}」も、ありそうです"


def _calling_text(calling: str, contribution: int, matters: int) -> str:
    if contribution < 0:
        return f"「{calling}」は、少ないかもしれません"
    if matters > 50:
        return f"あなたの関心がある「{calling}」ができそうです"
    return f"「{calling}」も、ありそうです"


def _hours_text(term: Term) -> str:
    common, offered, wished = (int(term.facts[name]) for name in ("common", "offered", "wished"))
    choice = term.facts.get("choice", "none")  # not said on slates of before
    if common == offered:
        return "働きたい時間の中に、ちょうど収まります"
    if common == wished and choice == "hours":
        return "あなたの働きたい時間なら、いつでも働けます"
    if term.contribution > 0 and choice == "days":
        return f"働きたい曜日と時間の中で、週{term.facts['days']}日働けそうです"
    return f"働きたい時間（週{_duration(wished)}）のうち、重なるのは{_duration(common)}です"


def _duration(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours}時間{rest}分" if hours and rest else f"{hours}時間" if hours else f"{rest}分"


def offer_hours(offer: Offer) -> str:
    """The hours of an offer, and what is not told of them."""
    if not offer.hours and not offer.agreed:
        return "書かれていません"
    text = hours_text(offer.hours)
    return f"{text}（このうち何曜日に働くかは、書かれていません）" if "days" in offer.unsaid else text


def hours_text(windows: tuple[Window, ...]) -> str:
    """月・水・金 22:00〜26:00、土 17:00〜次の日の09:00。"""
    if not windows:
        return "相談して決めます"
    return "、".join(
        f"{_days(weekdays)} {time_text(start)}〜{_end_text(end)}"
        for weekdays, start, end in spans_of(windows)
    )


def _end_text(end: int) -> str:
    return time_text(end) if end <= LATEST else f"次の日の{time_text(end - DAY)}"


def _days(weekdays: tuple[int, ...]) -> str:
    days = tuple(sorted(set(weekdays)))
    named = {tuple(range(7)): "毎日", tuple(range(5)): "平日", (5, 6): "土日"}
    return named.get(days) or "・".join(_WEEKDAYS[day] for day in days)


def wage_text(yen: int | None) -> str:
    """時給1,100円。"""
    return "時給の記載はありません" if yen is None else f"時給{yen:,}円"
