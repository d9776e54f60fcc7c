"""What the pages about imports call things."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from services.matching.import_run import MESSAGES, Fault, ImportRun
from services.matching.table_faults import NoTable
from shared.clock import TOKYO
from shared.errors import Conflict, Invalid

SOURCES: Final[Mapping[str, str]] = {
    "hellowork": "ハローワークの求人",
    "companies": "企業の一覧",
    "offers": "求人の一覧",
}
STATES: Final[Mapping[str, str]] = {
    "running": "取りこみ中",
    "finished": "終わりました",
    "failed": "とちゅうで止まりました",
}
STEPS: Final[Mapping[str, tuple[str, str]]] = {
    "new": ("新しく加えた", "加えるもの"),
    "changed": ("内容を新しくした", "内容が変わるもの"),
    "unchanged": ("前と同じ", "前と同じもの"),
    "kept_closed": ("終わった求人なので、そのままにした", "終わった求人なので、そのままのもの"),
    "elsewhere": ("対象の市区町村の外", "対象の市区町村の外のもの"),
    "expired": ("期限が過ぎている", "期限が過ぎているもの"),
    "gone": ("一覧から消えたので、終わりにした", "一覧から消えたので、終わりになるもの"),
    "refused": ("読み取れず、入れなかった", "読み取れず、入らないもの"),
}
"""What was done, and what would be done."""
TAGS: Final[Mapping[str, str]] = {
    "kjno": "求人番号", "jgshmei": "事業所名", "sksu": "職種", "shgbsjusho1_n": "働く場所", "kjyukoymd": "求人の期限",
    "chgnkeitai_kagen": "賃金の下", "chgnkeitai_jgn": "賃金の上", "khkykagen": "基本給の下", "khkyjgn": "基本給の上",
    "nenkankjsu_n": "年間の休日", "saiyoninzu_n": "採用人数", "uktkymd_seireki": "受付日", "uktkymd_wareki": "受付日",
    "sngbrui_n": "職業分類", "sngbrui_c": "職業分類", "data": "求人全体",
}  # fmt: skip


PROBLEMS: Final[Mapping[str, str]] = {
    "import-running": "同じ種類の取りこみが、いま動いています。終わってから、もう一度ためしてください。",
    "no-municipalities": "市区町村の一覧が設定されていないため、取りこめません。管理者に知らせてください。",
    "hellowork-not-set-up": "ハローワークの求人情報提供を使う設定がありません。",
    "hellowork-closed": "ハローワークの求人情報提供は、0時から6時まで休みです。6時を過ぎてから試してください。",
    "nothing-withheld": "この取りこみには、確かめるものがありません。",
    "import-outdated": "このあとに、新しい取りこみがありました。新しいほうを確かめてください。",
}


def problem_of(refused: Conflict | Invalid) -> str:
    """Why it could not be done."""
    if known := PROBLEMS.get(refused.slug):
        return known
    if isinstance(refused, NoTable):
        return f"このファイルは読み取れません。{refused.japanese}。"
    if isinstance(refused, Invalid):
        return "このファイルは読み取れません。種類と中身を確かめてください。"
    return "いまは受けつけられません。もう一度試してください。"


def how_it_stands(run: ImportRun) -> str:
    """In a word."""
    return "確かめてください" if run.waits else STATES[run.state]


def when(moment: datetime) -> str:
    """12月2日 6:30"""
    here = moment.astimezone(TOKYO)
    return f"{here.month}月{here.day}日 {here.hour}:{here.minute:02d}"


def steps_of(run: ImportRun) -> list[tuple[str, int]]:
    """What was (or would be) done with how many."""
    turn = 1 if run.dry_run else 0
    return [(words[turn], run.counts[step]) for step, words in STEPS.items() if run.counts.get(step)]


def how_it_ended(run: ImportRun) -> str:
    """What happened, in a sentence or two."""
    if run.state == "running":
        return "取りこみは続いています。このページを閉じても、止まりません。"
    if run.waits:
        return "最後まで取りこみました。一覧に入っていない求人だけ、そのままにしてあります。"
    if run.state == "finished":
        return "試しに読みました。何も変えていません。" if run.dry_run else "最後まで取りこみました。"
    at = f"{run.line}行目で、" if run.line else ""
    reasons = {
        "unreadable": f"ファイルの形が正しくないため、{at}読めなくなりました。そこまでに読めた分は、取りこんであります。",
        "unreachable": "ハローワークの求人情報提供から、使える返事がありませんでした。そこまでの分は、取りこんであります。",
        "refused": "ハローワークの求人情報提供に入れませんでした。IDとパスワードの設定を確かめてください。",
        "given_up": "処理が何度も止まったため、やめました。そこまでの分は、取りこんであります。管理者に知らせてください。",
    }
    return reasons[run.failure or "given_up"]


def place_of(fault: Fault) -> str:
    """The tag or column, as people call it."""
    said = TAGS.get(fault.place)
    return f"{said}（{fault.place}）" if said else fault.place or "行全体"


def what_of(fault: Fault) -> str:
    """What is wrong, and what came of it."""
    outcome = "入れませんでした" if fault.skips else "ここだけ空にしました"
    return f"{MESSAGES[fault.code]['ja']}。{outcome}"
