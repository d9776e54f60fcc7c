"""One line marks somebody absent, late or leaving early; everything else is left alone."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.attendance_line import Said, chosen, said

ABSENT = [
    "今日休みます",
    "今日は休みます",
    "きょうやすむ",
    "キョウヤスミマス",
    "きょうは、やすみます。",
    "今日　休みます",
    "休みます",
    "休む",
    "休み",
    "やすみ",
    "今日休み",
    "今日は休みです",
    "今日お休みします",
    "お休みします",
    "今日お休みをいただきます",
    "本日休ませていただきます",
    "休ませてください",
    "休みまーす",
    "休みますm(_ _)m",
    "今日休みます🙇",
    "すみません、今日休みます",
    "すみません今日休みます",
    "おはようございます。今日休みます。よろしくお願いします。",
    "おはようございます 今日は休みます",
    "ごめんなさい、きょうはやすみます",
    "熱があるので休みます",
    "熱があるので、今日は休みます。すみません。",
    "熱があります。今日は休みます。",
    "体調不良で休みます",
    "体調が悪いため、本日欠席します",
    "頭が痛いから休む",
    "子どもが熱を出したので休みます",
    "子どもの熱で休みます",
    "昨日眠れなくて今日は休みます",
    "友だちが休むので、私も休みます",
    "今日は行けません",
    "今日は行かない",
    "今日は都合が悪いです",
    "今日お休みいただきます",
    "今日行けないです",
    "今日は行けそうにないです",
    "今日は仕事できません",
    "今日は無理です",
    "今日むり",
    "欠席します",
    "欠勤します",
    "欠席",
    "今日休みたいです",
    "今日は休みたいのですが",
    "休んでもいいですか",
    "今日休んでいいですか？",
    "今日休んでも大丈夫ですか",
    "きょうやすんでいい?",
    "休ませてもらえますか",
    "休ませていただけませんか",
    "今日、休めますか？",
    "仕事休みます",
    "今日のシフト休みます",
    "今日はやっぱり休みます",
    "今日だけ休みます",
    "今日は休みますが、明日は行きます",
    "休みまs",
    "安みます",
    "やすみあす",
    "kyou yasumimasu",
    "私は今日休みます",
]

LATE = [
    "遅れます",
    "おくれます",
    "おくれる",
    "オクレマス",
    "30分おくれる",
    "３０分遅れます",
    "30分くらい遅れます",
    "今日30分ほど遅れます。",
    "1時間遅れます",
    "十分ほど遅れます",
    "少し遅れます",
    "ちょっとおくれます",
    "すみません、遅れます",
    "遅れそうです",
    "遅れそう",
    "遅れるかも",
    "電車が止まったので遅れます",
    "電車が遅れているので遅れます",
    "バスの遅延で遅れます",
    "遅刻します",
    "ちこくします",
    "遅刻",
    "遅刻しそうです",
    "遅くなります",
    "おそくなりそうです",
    "遅れて行きます",
    "遅れます。10時半に着きます。",
    "遅れてもいいですか",
    "寝坊したので遅れます",
    "今日間に合いません",
    "okuremasu",
]

LEAVING = [
    "早退します",
    "早退",
    "そうたいします",
    "ソウタイ",
    "今日早退します",
    "早退したいです",
    "早退してもいいですか？",
    "早退させてください",
    "先に帰ります",
    "さきにかえります",
    "お先に帰ります",
    "早めに帰ります",
    "今日は早く帰ります",
    "途中で帰ります",
    "途中で抜けます",
    "もう帰ります",
    "今日はもう帰ります",
    "早上がりします",
    "具合が悪いので早退します",
    "頭が痛いので先に帰ります",
    "早めに帰ってもいいですか",
    "今日は早く帰りたいです",
    "早めに失礼します",
]

TOMORROW = [
    ("明日休みます", "absent"),
    ("あしたやすみます", "absent"),
    ("明日は、休みます", "absent"),
    ("すみません、明日は行けません", "absent"),
    ("明日遅れます", "late"),
    ("あした早退します", "leaving_early"),
]

NOTHING = [
    "",
    "こんにちは",
    "休みません",
    "今日は休みません",
    "休まないです",
    "休みたくない",
    "休めません",
    "休めない",
    "遅れません",
    "おくれないようにします",
    "早退しません",
    "帰りません",
    "友だちが休む",
    "友だちが休みます",
    "友達は今日休みです",
    "友だちが休むので心配です",
    "夫が会社を休みます",
    "子どもが学校を休みます",
    "子どもが熱で休みます",
    "田中さんが遅れます",
    "みんな休みます",
    "電車が遅れています",
    "お店が休みです",
    "今日休みですか",
    "今日は休みですか？",
    "今日休み？",
    "明日はお休みですか",
    "休みはいつですか",
    "休みの日に何をすればいいですか",
    "休みが欲しい",
    "休みの日",
    "おやすみ",
    "おやすみなさい",
    "お休みなさい",
    "もう休みたい",
    "仕事を休みたい",
    "休みたい",
    "ゆっくり休みたいです",
    "昨日休みました",
    "休みました",
    "遅れました",
    "来週休みます",
    "あさって休みます",
    "月曜は休みます",
    "12日休みます",
    "12月3日は休みます",
    "今日から休みます",
    "毎週月曜に休みます",
    "行けません",
    "相談に行けません",
    "学校に行けない",
    "家賃の支払いが遅れます",
    "支払いが遅れそうです",
    "返事が遅れます",
    "申請に間に合いません",
    "間に合わない",
    "早く帰りたい",
    "家に帰ります",
    "帰る家がない",
    "お先に失礼します",
    "今日休みます。家賃も払えません。",
    "今日休みます。お金がありません",
    "今日休みます、相談したいことがあります",
    "お金がないので休みます",
    "家賃が払えないから休みます",
    "夫に殴られたので休みます",
    "遅れます。無理なら休みます",
    "休むかも",
    "休みやすい仕事はありますか",
    "体を休めたい",
    "早退について教えてください",
    "遅刻が多くて悩んでいます",
    "休職しています",
    "休業給付について知りたい",
    "働きたい",
    "無理です",
    "今日は雨ですね",
    "今日" + "とても" * 40 + "休みます",
]


@pytest.mark.parametrize("text", ABSENT)
def test_absent_however_it_is_said(text: str) -> None:
    assert said(text) == Said("absent")


@pytest.mark.parametrize("text", LATE)
def test_late_however_it_is_said(text: str) -> None:
    assert said(text) == Said("late")


@pytest.mark.parametrize("text", LEAVING)
def test_leaving_early_however_it_is_said(text: str) -> None:
    assert said(text) == Said("leaving_early")


@pytest.mark.parametrize(("text", "status"), TOMORROW)
def test_tomorrow_is_a_day_ahead(text: str, status: str) -> None:
    assert said(text) == Said(status, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", NOTHING)
def test_anything_else_or_more_is_no_notice(text: str) -> None:
    assert said(text) is None


@given(st.text(max_size=100))
def test_any_text_is_read_without_an_error(text: str) -> None:
    said(text)


@given(
    st.sampled_from(ABSENT + LATE + LEAVING),
    st.sampled_from(["家賃が払えません", "死にたい", "子どもがいじめられています", "相談したい"]),
)
def test_what_somebody_tells_besides_is_never_swallowed(notice: str, more: str) -> None:
    assert said(f"{notice}。{more}。") is None
    assert said(f"{more}。{notice}") is None


def test_a_notice_past_midnight_about_tomorrow_means_the_day_after_the_service_day() -> None:
    night = datetime(2026, 12, 3, 16, 0, tzinfo=UTC)  # 25:00 of the 3rd in Tokyo
    event = chosen("res_a", Said("absent", 1), night)
    assert (event.action, event.service_date) == ("shift.absent", date(2026, 12, 4))
    assert chosen("res_a", Said("leaving_early"), night).service_date is None
