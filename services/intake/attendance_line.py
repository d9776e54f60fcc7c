"""One line is enough: whether a message says that somebody is absent, late or leaving early, and nothing else.

The opposite of `crisis` in spirit: it must not take for a notice what is something else, since a notice is answered and done with. So the whole
message has to be made of known parts: greetings, a reason (which is thrown away, nobody asked for it), a day, the notice itself. Whatever holds
anything more goes the usual way, to an answer or to a person. Words of danger are looked for before this is asked.

Asking for leave ("休んでもいいですか") is a notice: nobody needs permission, and the kind reply says that it is all right. Asking whether the
centre is closed ("今日休みですか") is none, nor is a wish without a day ("もう休みたい"), somebody else's absence or a negation.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.clock import TOKYO
from shared.events.intake import ActionChosen, ChosenAction

Status = Literal["absent", "late", "leaving_early"]
TROUBLE = re.compile(
    r"金|家賃|やちん|払|はらえ|借|死|しにた|消え|殴|なぐ|蹴|暴力|虐待|いじめ|離婚|辞め|くび|解雇|助け|たすけ|食べ|追い出|相談|眠れない日"
)
"""Reasons that are more than reasons: somebody who tells one is to be heard, not only marked absent."""
LONGEST = 80
"""Characters beyond which a message says more than a notice."""
NIGHT = timedelta(hours=6)
"""Until 6:00 people still speak of the day before as today."""
ACTIONS: dict[Status, ChosenAction] = {
    "absent": "shift.absent",
    "late": "shift.late",
    "leaving_early": "shift.leave_early",
}

_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SMALL = str.maketrans("ぁぃぅぇぉ", "あいうえお")
_FACES = re.compile(r"m?\([^()぀-鿿]{1,12}\)m?|orz|[wｗ]+$")
_SILENT = re.compile(r"[\s~〜ー・「」『』()*_\-^]+")
_ENDS = re.compile(r"[。.、,!\n…‥;:]+")

_COURTESY = (
    r"(?:おはよう(?:ございます)?|お早うございます|こんにち[はわ]|こんばん[はわ]|お疲れ(?:様|さま)?(?:です)?|おつかれ(?:さま)?(?:です)?|"
    r"お世話になっ(?:て(?:い|お)?(?:り)?ます|ております)|お世話になります|(?:すみ|すい)ません(?:が|けど)?|すまん|ごめん(?:なさい|ね)?|"
    r"(?:大変)?申し?訳(?:あり|ござい)ません(?:が)?|もうしわけ(?:あり|ござい)ません|急(?:で|に)(?:すみ|すい)ません|"
    r"(?:どうぞ|どうか)?(?:宜|よろ)しくお?(?:願|ねが)い(?:します|いたします|致します)?|お願いします|ありがとう(?:ございます)?|連絡です|れんらくです|"
    r"(?:ご)?迷惑を?おかけします|(?:誠に)?恐れ入ります(?:が)?)"
)
_SELF = r"(?:(?:私|わたし|僕|ぼく|俺|おれ|自分)(?:は|も|が)?)?"
_TODAY = r"今日|きょう|きよう|本日|ほんじつ|今から|いまから|これから|今朝|けさ|今夜|今晩|kyou|kyo"
_TOMORROW = r"明日|あした|あす|ashita|asu"
_DAY = rf"(?:(?P<today>{_TODAY})|(?P<tomorrow>{_TOMORROW}))(?:は|も|の|だけ|も?また|、)?"
_MILD = (
    r"(?:やっぱり?|やはり|ちょっと|少し|すこし|申し訳ないですが|急に|もう|できれば|一日|いちにち|全部|ぜんぶ)"
)
_WORK = r"(?:(?:お?仕事|しごと|作業|さぎょう|しふと|せんた|出勤|勤務)(?:を|は|に|も|へ)?)?"
_REASON = (
    r"(?:.{1,20}(?:ので|んで|ため(?:に)?|(?<!今日)(?<!明日)(?<!きょう)(?<!あした)(?<!来週)(?<!曜日)(?<!曜)から|くて|なくて|して|ですが|んですが|だけど|けど)"
    r"|(?:(?:子|こ)ども|[^がはも]){1,15}(?:で|により|につき|のため(?:に)?))"
)
_ASK = r"(?:いい|良い|よい|よろしい|おけ|ok|大丈夫|だいじょうぶ|構わない|かまわない|平気|可能)(?:です|でしょう)?か?(?:ね|な)?"
_LET = (
    r"(?:ください|下さい|もらい(?:ます|たい(?:です)?)|いただき(?:ます|たい(?:です)?)|頂き(?:ます|たい(?:です)?)|ほしい(?:です)?|欲しい(?:です)?"
    rf"|(?:もら|いただ|頂)(?:え|け)(?:ます|ません)(?:でしょう)?か|(?:もらって|いただいて)も?{_ASK})"
)
_MASU = r"(?:ま(?:す|s|うす|しす|っす|ます)|あす|mす|masu)"
_Y = r"(?:休|やす|安|体|やし)"
_AMOUNT = r"(?:(?:約)?(?:[0-9]{1,3}|[一二三四五十]{1,3}|数|すう|半)(?:分|ふん|ぷん|時間|じかん)(?:くらい|ぐらい|ほど|程度|程)?)"

_CERTAIN: dict[Status, str] = {
    "absent": (
        rf"(?:お|御)?{_Y}み(?:{_MASU}|に?します|とします|を?する|を?(?:いただきます|もらいます|頂きます|とります|取ります)|をします"
        r"|で(?:お?願い|おねがい)(?:します|いたします)?|を?ください)"
        rf"|{_Y}む(?:ことにします|つもり(?:です)?|予定(?:です)?|と思います|ので)?"
        rf"|{_Y}ませて{_LET}|{_Y}んで(?:も)?{_ASK}|{_Y}め(?:ます|ません)(?:でしょう)?か|{_Y}みたいの(?:です)?が{_ASK}"
        rf"|(?:欠席|けっせき|欠勤|けっきん)(?:(?:いた)?します|致します|する|です|で(?:お願いします)?|させて{_LET}|しても?{_ASK})?"
        r"|yasumi(?:masu)?|yasumu"
    ),
    "late": (
        rf"(?:に)?(?:遅|おく)れ(?:{_MASU}|る(?:と思います|かも(?:しれません|しれない|です)?|ので)?|そう(?:です|だ|かも)?|て(?:行|い|き|来)(?:きます|ます|く)"
        rf"|て(?:しまい|)(?:ます|そうです)|ちゃ(?:います|う)|て(?:も)?{_ASK}|て(?:出勤|参加)(?:します|する)?)"
        r"|(?:遅|おそ)くなり(?:ます|そう(?:です)?)"
        rf"|(?:遅刻|ちこく)(?:します|する(?:かも)?|しそう(?:です)?|しちゃ(?:う|います)|です|して(?:しまい|)ます|させて{_LET}|しても?{_ASK})?"
        r"|(?:開始|はじまり|始まり|始業|時間|じかん)に(?:間に合い|まにあい)(?:ません|そうに?(?:ありません|ない)(?:です)?)"
        r"|okure(?:masu|ru)"
    ),
    "leaving_early": (
        rf"(?:早退|そうたい)(?:(?:いた)?します|致します|する|です|で|したい(?:です)?|させて{_LET}|しても?{_ASK}|でき(?:ます|ません)か)?"
        r"|早(?:上が|あが)り(?:します|です|する|させてください)?|早上がり"
        rf"|(?:お?先に|さきに|早めに|はやめに|早く|はやく|途中で|とちゅうで|もう)(?:帰|かえ|あが|上が|抜け|ぬけ)(?:り|る|ら|れ)?(?:{_MASU}|せて{_LET}|るので|ので)?"
        rf"|(?:お?先に|早めに|早く|途中で)(?:帰|かえ|あが|上が)っても?{_ASK}|早めに(?:失礼|しつれい)(?:し{_MASU}|いたします)"
        r"|soutai(?:shimasu)?"
    ),
}
_WITH_DAY: dict[Status, str] = {
    "absent": (
        rf"(?:お|御)?{_Y}み(?:です|だ(?:よ)?|で)?|{_Y}みたい(?:です|の?です(?:が|けど)|んだけど|と思います)?"
        r"|(?:行|い)け(?:ません|ない(?:です)?|なくなり(?:ました)?|な(?:さ)?そう(?:です)?|そうに?(?:ない|ありません)(?:です)?)"
        r"|(?:出勤|仕事|しごと|作業|参加)(?:は|が)?でき(?:ません|ない(?:です)?|そうに?(?:ない|ありません)(?:です)?)"
        r"|(?:行|い)か(?:ない(?:です)?|ないことにします)|(?:行|い)きません|都合が(?:悪い|わるい|付かない|つかない)(?:の?です)?"
        r"|(?:無理|むり)(?:です|そう(?:です)?|かも)?|(?:出|で)られ(?:ません|ない(?:です)?|そうに?(?:ない|ありません)(?:です)?)"
    ),
    "late": r"(?:間に合い|まにあい)(?:ません|そうに?(?:ない|ありません)(?:です)?)|(?:間に合わ|まにあわ)な(?:い(?:です)?|さそう(?:です)?)",
    "leaving_early": r"(?:早く|はやく|早めに|途中で)(?:帰|かえ)りたい(?:です|の?です(?:が|けど))?",
}
_BARE = rf"{_Y}み"
_TAIL = r"(?:ね|よ|な|わ|の|んで|ので|が|けど)?"
_OTHERS = (
    rf"{_COURTESY}+",
    rf"{_MILD}?{_REASON}",
    r"(?:ねつ|熱|風邪|かぜ|体調|具合|ぐあい|調子|気分|頭痛|腹痛|頭|お?腹|おなか|病院|通院|寝坊|ねぼう|電車|ばす|雪|雨|台風|用事|急用|(?:子|こ)ども[がの](?:熱|ねつ|発熱|風邪|かぜ|具合|体調|病院))"
    r"[^家金死]{0,12}",
    r"(?:明日|あした|あす|次|つぎ|次回|また)(?:は|から)?(?:いつも通り|ふつうに)?(?:行|い|出|来|き|やり|がんばり|頑張り)(?:き|ます|られます|けます|ます)*",
    r"(?:[0-9]{1,2}(?:時|じ)(?:半|[0-9]{1,2}分)?|[0-9]{1,2}:[0-9]{2})(?:に|頃に?|ごろに?|くらいに?|まで(?:に)?)?(?:は)?(?:着き|つき|行き|いき|到着し?|入り|はいり|なり)(?:ます|そうです)",
    r"無理(?:は)?しません|ゆっくりします",
)


@dataclass(frozen=True)
class Said:
    """A notice. `days_ahead` 1 is tomorrow's."""

    status: Status
    days_ahead: int = 0


def said(text: str) -> Said | None:
    """The notice that `text` is; None when it is anything else, or anything more."""
    clauses = _clauses(text) if len(text) <= LONGEST else []
    if any(TROUBLE.search(clause) for clause in clauses):
        return None
    found: set[Status] = set()
    tomorrow = False
    for clause in clauses:
        if day := _ONLY_DAY.fullmatch(clause):
            tomorrow |= day["tomorrow"] is not None
            continue
        notice = _notice(clause)
        if notice:
            found.add(notice.status)
            tomorrow |= notice.days_ahead > 0
        elif not _OTHER.fullmatch(clause):
            return None
    return Said(found.pop(), int(tomorrow)) if len(found) == 1 else None


def chosen(resident_id: str, notice: Said, now: datetime) -> ActionChosen:
    """The event of a notice that came at `now`. Today's bears no date: booking knows which shift runs or comes next."""
    day = (now.astimezone(TOKYO) - NIGHT).date() + timedelta(days=notice.days_ahead)
    return ActionChosen(
        resident_id=resident_id,
        action=ACTIONS[notice.status],
        service_date=day if notice.days_ahead else None,
    )


def _notice(clause: str) -> Said | None:
    for status, pattern in _NOTICES.items():
        if match := pattern.fullmatch(clause):
            return Said(status, int(match["tomorrow"] is not None))
    for status, pattern in _DAY_NOTICES.items():
        if match := pattern.fullmatch(clause):
            return Said(status, int(match["tomorrow"] is not None))
    return Said("absent") if _BARE_NOTICE.fullmatch(clause) else None


def _clauses(text: str) -> list[str]:
    """Parts between full stops and commas, evened out: width, case, kana, lengthened vowels, faces and emoji. A question mark is か."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = _FACES.sub("", plain)
    plain = re.sub(r"(?<!か)[?]+", "か、", plain).replace("?", "、")
    plain = plain.translate(_TO_HIRAGANA).translate(_SMALL)
    plain = "".join(c for c in plain if unicodedata.category(c) not in ("So", "Sk", "Cs", "Cn", "Mn", "Cf"))
    return [part for raw in _ENDS.split(plain) if (part := _SILENT.sub("", raw))]


_FRONT = rf"(?:{_COURTESY})*{_SELF}(?:{_REASON})??{_SELF}{_MILD}*"
_BACK = rf"{_TAIL}(?:{_COURTESY})*"
_ONLY_DAY = re.compile(rf"(?:{_COURTESY})*{_SELF}{_DAY}")
_NOTICES = {
    status: re.compile(rf"{_FRONT}(?:{_DAY})?{_SELF}{_MILD}*{_WORK}{_AMOUNT}?{_MILD}*(?:{core}){_BACK}")
    for status, core in _CERTAIN.items()
}
_DAY_NOTICES = {
    status: re.compile(rf"{_FRONT}{_DAY}{_SELF}{_MILD}*{_WORK}{_MILD}*(?:{core}){_BACK}")
    for status, core in _WITH_DAY.items()
}
_BARE_NOTICE = re.compile(rf"(?:{_COURTESY})*{_BARE}(?:{_COURTESY})*")
_OTHER = re.compile("|".join(_OTHERS))
