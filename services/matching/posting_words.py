"""The catalogue of what companies and staff read about companies and offers, outside the templates. Plain Japanese."""

from collections.abc import Mapping
from typing import Final

from services.matching.offer import Accommodation, EmploymentForm, Kind, State
from services.matching.posting import LEAST, LOWEST_MINIMUM_WAGE, MOST, Advice, Code
from services.matching.registration import DeclineReason, PauseReason, Standing

STANDING: Final[Mapping[Standing, str]] = {
    "waiting": "確認を待っています",
    "approved": "登録されています",
    "declined": "登録を見送りました",
    "paused": "お休み中です",
}
DECLINED: Final[Mapping[DeclineReason, str]] = {
    "outside_area": "この自治体の仕事の地域の外にあるため",
    "not_a_company": "会社や団体として確かめられなかったため",
    "duplicate": "同じ会社が、もう登録されているため",
    "cannot_be_reached": "連絡がとれなかったため",
    "working_conditions": "働く条件について、先に相談が必要なため",
    "other": "くわしくは、窓口から説明します",
}
PAUSED: Final[Mapping[PauseReason, str]] = {
    "own_wish": "会社の希望",
    "no_answer": "問い合わせに返事がないため",
    "to_be_cleared_up": "確かめることがあるため",
}
STATES: Final[Mapping[State, str]] = {
    "draft": "下書き",
    "published": "募集中",
    "paused": "募集を休んでいます",
    "filled": "人が決まりました",
    "closed": "終わりました",
    "expired": "期限が過ぎました",
}
FORMS: Final[Mapping[EmploymentForm, str]] = {
    "full_time": "正社員など（期間の定めなし、フルタイム）",
    "part_time": "パート・アルバイト",
    "contract": "契約社員（期間の定めあり）",
    "dispatch": "派遣",
    "mandate": "業務委託（雇用ではありません）",
    "other": "そのほか",
}
ACCOMMODATIONS: Final[Mapping[Accommodation, str]] = {
    "barrier_free": "段差が少なく、車いすでも動ける",
    "short_hours": "短い時間から始められる",
    "quiet": "静かな場所で働ける",
    "text_only": "電話をしなくてよい（文字で連絡できる）",
    "own_pace": "自分の速さで進められる",
    "interpreter": "手話や通訳の手配ができる",
}
KIND_HINTS: Final[Mapping[Kind, str]] = {
    "job": "ふつうの求人です。",
    "work_experience": "短い日数で、職場を知ってもらいます。",
    "supported_short_job": "短い時間から、支援する人といっしょに始めます。履歴書も面接もいりません。",
    "trial_work": "ためしに働いて、たがいに確かめてから決めます。",
    "remote_order": "家などでできる仕事を、件数や期限を決めてたのみます。",
}
INDUSTRIES: Final[Mapping[str, str]] = {
    "A": "農業、林業",
    "B": "漁業",
    "C": "鉱業、採石業、砂利採取業",
    "D": "建設業",
    "E": "製造業",
    "F": "電気・ガス・熱供給・水道業",
    "G": "情報通信業",
    "H": "運輸業、郵便業",
    "I": "卸売業、小売業",
    "J": "金融業、保険業",
    "K": "不動産業、物品賃貸業",
    "L": "学術研究、専門・技術サービス業",
    "M": "宿泊業、飲食サービス業",
    "N": "生活関連サービス業、娯楽業",
    "O": "教育、学習支援業",
    "P": "医療、福祉",
    "Q": "複合サービス事業",
    "R": "サービス業（ほかに分類されないもの）",
    "S": "公務",
    "T": "分類できない産業",
}
"""The divisions of 日本標準産業分類 (総務省)."""

_ADVICE: Final[Mapping[Code, str]] = {
    "short": "どんな仕事か、もう少しくわしく書いてあると、安心して選べます。",
    "hours_unknown": "働く時間が書いてありません。「相談して決めます」と出ます。",
    "no_papers": "支援つきの短い仕事は、履歴書も面接もいりません、と住民に出ます。そう読めないところがないか、確かめてください。",
    "long_week": "週に40時間を超えています。書きまちがいがないか、確かめてください。",
    "wage_unknown": "時給が書いてありません。希望の時給がある人には、出せません。",
    "wage_low": f"時給が、全国でいちばん低い最低賃金（2025年度、{LOWEST_MINIMUM_WAGE:,}円）より低くなっています。確かめてください。",
}
PROBLEMS: Final[Mapping[str, str]] = {
    "kind": "仕事の種類を選んでください",
    "title": "仕事の名前を、100文字までで書いてください",
    "description": "仕事の説明は、4,000文字までで書いてください",
    "municipality_code": "働く場所を、この一覧から選んでください",
    "hours": "曜日を選び、始めと終わりの時刻を「9:00」のように書いてください（夜中は「25:00」のように、30:00まで書けます）",
    "hourly_wage_yen": f"時給は、{LEAST:,}から{MOST:,}までの数で書いてください",
    "open_places": "人数は、1から10,000までの数で書いてください",
    "expires_on": "最終日は、今日か、それより後の日を選んでください",
    "work_days_a_week": "週の日数を選んでください",
    "employment_form": "雇用の形を選んでください",
    "occupation_code": "職業分類は「072-01」のように書いてください",
    "industry_code": "産業を選んでください",
    "licences": "免許や資格は、1つ50文字まで、20個までで書いてください",
    "tags": "タグは、1つ30文字まで、20個までで書いてください",
    "accommodations": "できることを選んでください",
    "values": "この仕事にあるものを選んでください",
    "interests": "この仕事ですることを選んでください",
    "workplace_id": "職場を選んでください",
}


def advice_text(advice: Advice) -> str:
    """One sentence."""
    if advice.code == "fair":
        return (
            f"「{advice.about}」をたずねているように読めるところがあります。"
            "仕事に必要なことかどうか、確かめてみてください。"
        )
    return _ADVICE[advice.code]
