"""The words of the questionnaire. Written for Banso; none is taken from job tag, O*NET or another instrument.

Short, without double negatives, and said as something one may like or want: what they add up to is spoken of as a strength.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.matching.questionnaire import Part

SKIP: Final = "答えない"


@dataclass(frozen=True)
class Asking:
    """How one part of the questionnaire is asked. `choices` are the words of an answer, `said` those of a result that is nearest to it."""

    heading: str
    question: str
    choices: Mapping[int, str]
    said: Mapping[int, str]


ASKING: Final[Mapping[Part, Asking]] = {
    "values": Asking(
        heading="仕事で大切にしたいこと",
        question="仕事をするとき、次のことは、あなたにとってどのくらい大切ですか。",
        choices={
            5: "とても大切",
            4: "大切",
            3: "どちらともいえない",
            2: "あまり大切でない",
            1: "大切でない",
        },
        said={
            5: "とても大切",
            4: "大切",
            3: "どちらともいえない",
            2: "いまは、ほかのことが先",
            1: "いまは、ほかのことが先",
        },
    ),
    "interests": Asking(
        heading="してみたいこと",
        question="仕事でするとしたら、次のことを、どのくらいしてみたいですか。",
        choices={
            5: "ぜひしてみたい",
            4: "してみたい",
            3: "どちらともいえない",
            2: "できれば、ほかのことがいい",
            1: "ほかのことがいい",
        },
        said={
            5: "ぜひしてみたい",
            4: "してみたい",
            3: "どちらともいえない",
            2: "いまは、ほかのことが先",
            1: "いまは、ほかのことが先",
        },
    ),
}

ITEMS: Final[Mapping[str, str]] = {
    "achievement-1": "一日の終わりに「ここまでできた」と思えること",
    "autonomy-1": "やり方や順番を、自分で決められること",
    "expertise-1": "ひとつのことに、くわしくなれること",
    "growth-1": "前はできなかったことが、できるようになること",
    "recognition-1": "がんばったことに、だれかが気づいてくれること",
    "service-1": "だれかに「助かった」と言ってもらえること",
    "relationships-1": "職場に、気軽に話せる人がいること",
    "safety-3": "けがや事故をふせぐ決まりが、守られていること",
    "balance-1": "仕事のあとに、自分の時間が残ること",
    "stability-1": "来月も来年も、続けられる見通しがあること",
    "reward-1": "働いた分に見合うお金を受け取れること",
    "realistic-1": "道具を使って、物を作ること",
    "investigative-1": "「どうしてだろう」と思ったことを、調べること",
    "artistic-1": "絵や文章や写真で、感じたことを表すこと",
    "social-1": "人の話を聞いて、手助けをすること",
    "enterprising-1": "商品やお店のよさを、人に伝えること",
    "conventional-1": "書類やデータを、きちんとそろえること",
    "achievement-2": "むずかしいことを、くふうして最後までやりきること",
    "autonomy-3": "自分で考えたやり方を、ためしてみられること",
    "expertise-2": "覚えた知識や技を、仕事で使えること",
    "growth-2": "新しいことを教えてもらう機会があること",
    "recognition-2": "「この仕事はあなたに頼みたい」と言われること",
    "service-2": "自分の仕事が、まちの役に立っていると感じること",
    "relationships-2": "わからないとき、まわりの人に聞きやすいこと",
    "safety-4": "自分の体に合うやり方で、働けること",
    "balance-2": "急な用事のとき、休みを相談しやすいこと",
    "stability-3": "毎月の収入が、だいたい決まっていること",
    "reward-2": "続けるうちに、時給や給料が上がっていくこと",
    "realistic-2": "外で体を動かして働くこと",
    "investigative-2": "数字や記録を見くらべて、原因を考えること",
    "artistic-2": "見た目やかざりつけを、自分で考えること",
    "social-2": "知っていることを、わかりやすく教えること",
    "enterprising-2": "みんなに声をかけて、計画を進めること",
    "conventional-2": "決まった手順で、ていねいに進めること",
}

FORMER: Final[Mapping[str, str]] = {
    "autonomy-2": "細かく言われず、まかせてもらえること",
    "safety-1": "けがや事故の心配が少ないこと",
    "safety-2": "暑さや重い物など、体への無理が少ないこと",
    "stability-2": "毎月の収入が、大きく変わらないこと",
}
"""Items of earlier sets, as those who answered them read them."""
