"""Words of the assessment. What is done with a tool, a note or somebody's help counts as done."""

from collections.abc import Mapping

from services.matching.assessment.axes import Axis

AXES: Mapping[Axis, str] = {
    "stability": "安定してはたらく",
    "execution": "仕事を進める",
    "habits": "はたらく習慣",
    "interpersonal": "人とのやりとり",
}
ITEMS: Mapping[str, str] = {
    "stability-1": "予定した日や時間に、仕事を始める",
    "stability-2": "つかれたときに、休みや仕事の量を自分で調整する",
    "stability-3": "仕事の量や内容が変わったあと、自分のペースにもどす",
    "execution-1": "手順を見ながら、さいごまで進める",
    "execution-2": "出す前に、自分で見直す",
    "execution-3": "いつごろ終わりそうか、見通しを立てる",
    "habits-1": "始めるときと終わるときを知らせる",
    "habits-2": "休みや遅れを、ひとことで知らせる",
    "habits-3": "道具や預かった情報を、決めたとおりにあつかう",
    "interpersonal-1": "わからないことや困ったことを、自分に合う方法（チャットなど）で伝える",
    "interpersonal-2": "頼まれたことや変更を、確かめながら受け取る",
    "interpersonal-3": "むずかしいときに、ことわったり相談したりする",
}
ANCHORS: Mapping[str, tuple[str, str, str]] = {
    "stability-1": ("合う時間をさがしているところ", "半分くらいは予定どおり", "ほとんど予定どおり"),
    "stability-2": (
        "合う休み方をさがしているところ",
        "声をかけてもらうと調整できる",
        "自分で気づいて調整している",
    ),
    "stability-3": ("もどし方をさがしているところ", "相談しながらもどせる", "自分のやり方でもどせる"),
    "execution-1": ("いっしょに進めているところ", "ときどき確かめながら進める", "ひとりで、さいごまで進める"),
    "execution-2": ("見直し方をおぼえているところ", "ときどき見直す", "毎回、見直してから出す"),
    "execution-3": ("これから練習するところ", "相談しながら見通しを立てる", "自分で見通しを立てて知らせる"),
    "habits-1": ("やり方をおぼえているところ", "ときどき知らせる", "いつも知らせる"),
    "habits-2": ("知らせ方をさがしているところ", "知らせられるときがある", "だいたい前もって知らせる"),
    "habits-3": (
        "決まりをおぼえているところ",
        "確かめながら守る",
        "いつも守り、迷ったら聞く",
    ),
    "interpersonal-1": (
        "合う方法をさがしているところ",
        "聞かれると伝えられる",
        "自分から伝える",
    ),
    "interpersonal-2": ("いっしょに確かめているところ", "ときどき確かめる", "いつも確かめてから始める"),
    "interpersonal-3": ("まだ言いにくい", "言えるときがある", "自分の言い方で言える"),
}
"""What 1, 3 and 5 look like; 2 and 4 lie between."""
NUMBERS: Mapping[int, str] = {1: "1", 2: "2（1と3のあいだ）", 3: "3", 4: "4（3と5のあいだ）", 5: "5"}
HELP_COUNTS = "メモや道具、まわりの手助けを使ってできていれば、「できている」に入れます。"
NOTHING_LOST = "この話で、はたらく時間、場所、契約が変わることはありません。いまのままを選べます。"
BOTH_SEE = "見え方がちがっています。どちらが正しいということはありません。どんな場面を思いうかべたか、話すきっかけになります。"


def choice(item: str, value: int) -> str:
    """The words of one answer."""
    low, middle, high = ANCHORS[item]
    return {1: f"1：{low}", 3: f"3：{middle}", 5: f"5：{high}"}.get(value, NUMBERS[value])
