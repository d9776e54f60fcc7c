"""The answers of `explain` in words: exact for staff; plain for residents, who are told nothing of who is away or why."""

from datetime import date

from services.booking.explain import Explanation, Help, Reason

CLOSED = {"not-here", "weekly", "exception", "leave"}
"""What residents are told as one: no hours then."""
OF_PEOPLE = {"not-here", "weekly", "holiday", "exception"}
"""Days of those who bring what is asked for."""
FOR_STAFF = {
    "nobody": ("相談員が登録されていません。", "No counsellor is registered."),
    "channel": ("この話し方に対応していない相談員：{n}人", "Counsellors who do not offer this channel: {n}"),
    "language": ("この言語を話さない相談員：{n}人", "Counsellors who do not speak this language: {n}"),
    "skill": ("この専門分野を持たない相談員：{n}人", "Counsellors without these skills: {n}"),
    "gender": ("希望された性別ではない相談員：{n}人", "Counsellors of another gender: {n}"),
    "counsellor": ("指名されていない相談員：{n}人", "Counsellors who were not named: {n}"),
    "pool-quota": (
        "自治体の枠を使い切ったプールの相談員：{n}人",
        "Pool counsellors beyond the municipality's quota: {n}",
    ),
    "past": ("すでに終わった日：{n}日", "Days that are over: {n}"),
    "horizon": ("予約の受付期間の外の日：{n}日", "Days outside of those that can be booked: {n}"),
    "not-here": ("在籍していない日（のべ）：{n}日", "Days before joining, after leaving or inactive: {n}"),
    "weekly": ("曜日の勤務がない日（のべ）：{n}日", "Days without weekly hours: {n}"),
    "holiday": ("祝日で休みの日（のべ）：{n}日", "Public holidays: {n}"),
    "exception": ("その日だけ休みの日（のべ）：{n}日", "Days closed as an exception: {n}"),
    "leave": ("休暇や外部の予定と重なる時間：{n}件", "Times on leave or busy elsewhere: {n}"),
    "taken": ("予約で埋まっている時間：{n}件", "Times that are taken: {n}"),
    "buffer": ("次の予約との間が足りない時間：{n}件", "Times too close to the next appointment: {n}"),
    "daily-cap": ("1日の上限に達した相談員の時間：{n}件", "Times of counsellors whose day is full: {n}"),
    "notice": ("開始が近すぎる、または過ぎた時間：{n}件", "Times that are too near, or past: {n}"),
    "resident": ("住民の別の予定と重なる時間：{n}件", "Times at which the resident has something else: {n}"),
    "resident-cap": (
        "住民の1日の上限に達した日の時間：{n}件",
        "Times on days on which the resident has enough: {n}",
    ),
    "rooms": ("部屋や回線が空いていない時間：{n}件", "Times without a free room or line: {n}"),
}
FOR_RESIDENTS = {
    "nobody": ("いまは予約を受け付けていません。", "No appointments are offered at present."),
    "channel": ("この話し方では、相談を受けていません。", "This way to talk is not offered then."),
    "language": ("この言語で話せる相談員の時間がありません。", "Nobody who speaks this language is free."),
    "skill": ("この内容にくわしい相談員の時間がありません。", "Nobody with this experience is free."),
    "gender": ("希望の性別の相談員の時間がありません。", "Nobody of the wished gender is free."),
    "counsellor": ("選んだ相談員の時間がありません。", "The chosen counsellor has no free time."),
    "pool-quota": ("いまは予約がいっぱいです。", "Everything is taken at present."),
    "past": ("もう終わった日です。", "That day is over."),
    "horizon": ("まだ予約できない日です。", "That day cannot be booked yet."),
    "closed": ("相談を受け付けていない時間です。", "There are no hours then."),
    "holiday": ("祝日は休みです。", "Closed on public holidays."),
    "taken": ("予約がいっぱいです。", "Everything is taken."),
    "notice": ("開始までの時間が短すぎます。", "The start is too near."),
    "resident": ("あなたの別の予約と重なります。", "You have another appointment then."),
    "resident-cap": ("その日は、もう予約があります。", "You have enough appointments on that day."),
}
FULL = {"buffer": "taken", "daily-cap": "taken", "rooms": "taken"}
CHANNELS = {
    "online": ("オンライン（ビデオ通話）", "online"),
    "telephone": ("電話", "by telephone"),
    "face_to_face": ("窓口で会って", "face to face"),
}
HELPS = {
    "other-day": ("{value}には、空いている時間が{n}件あります。", "On {value} there are {n} free times."),
    "channel": ("{value}なら、空いている時間が{n}件あります。", "{value}: {n} free times."),
    "language": ("言語を選ばなければ、{n}件あります。", "Without the language: {n} free times."),
    "skill": ("専門分野を選ばなければ、{n}件あります。", "Without the skills: {n} free times."),
    "gender": ("性別を選ばなければ、{n}件あります。", "Whatever the gender: {n} free times."),
    "counsellor": ("ほかの相談員なら、{n}件あります。", "With other counsellors: {n} free times."),
    "shorter": ("{value}分なら、{n}件あります。", "For {value} minutes: {n} free times."),
}


def reason_text(reason: Reason, lang: str, *, staff: bool) -> str:
    """`lang` is ja or en."""
    texts = FOR_STAFF if staff else FOR_RESIDENTS
    return texts[reason.code][lang != "ja"].format(n=reason.count)


def help_text(help_: Help, lang: str) -> str:
    value = help_.value
    if help_.code == "channel":
        value = CHANNELS[value][lang != "ja"]
    elif help_.code == "other-day" and lang == "ja":
        value = _spoken(date.fromisoformat(value))
    return HELPS[help_.code][lang != "ja"].format(n=help_.times, value=value)


def for_residents(found: Explanation) -> Explanation:
    """Without counts of people or of their days, and without who is away and why."""
    codes: dict[str, None] = {}
    somebody = any(reason.unit == "times" or reason.code in OF_PEOPLE for reason in found.reasons)
    for reason in found.reasons:
        if reason.code == "channel" and somebody:  # not everybody offers it, and somebody does
            continue
        code = "closed" if reason.code in CLOSED else FULL.get(reason.code, reason.code)
        codes[code] = None
    return Explanation(found.free, [Reason(code, "times", 0) for code in codes], found.helps)


def _spoken(day: date) -> str:
    return f"{day.month}月{day.day}日（{'月火水木金土日'[day.weekday()]}）"
