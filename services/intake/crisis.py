"""Words of danger: found before anything else is done with a message.

Written to miss as little as possible. A negation ("死にたいわけではない") or somebody else's distress ("友人が死にたいと言う") gets the crisis
answer too: a needless list of hotlines costs a moment, a missing one may cost a life. Only whole phrases that are plainly about something
else (自殺対策の仕事, お試しに対して) are set aside first.

Source of the rule: guideline for consultation by SNS of the Ministry of Health, Labour and Welfare (danger is met in kana, slang and typos
too, and is answered first). The expressions were gathered by hand; each kind has its list in tests/unit/intake/test_crisis.py.
"""

import re
import unicodedata

from shared.events.intake import UrgentKind

_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_SMALL = str.maketrans("ぁぃぅぇぉゎ", "あいうえおわ")
_NOISE = re.compile(r"[\s・.,、。…‥「」『』()!?~〜ー\-_*＊]+")

# longest first: what these cover is not looked at again
_HARMLESS = (
    r"(?:自殺|自死)(?:対策|予防|防止|未遂者支援|遺族)",
    r"暴力団(?:排除|員ではない)?",
    r"虐待(?:防止|対策|予防)(?:の(?:仕事|資格|研修|講座|係)|法|条例|課|員|研修|講座)",
    r"(?:し|市|氏)にたい(?:し|する|おう|けん|さく|へん|き)|しにたくさん|しにたえ",
    r"[楽苦悲惜親慎哀][しん]ん(?:だ|で)|(?:たの|くる|かな|した|つつ)しん(?:だ|で)",
)

_PATTERNS: dict[UrgentKind, tuple[str, ...]] = {
    "suicide": (
        r"死に(?:た|t)|(?:し|氏|市|4|四|志)に(?:た(?:あ*い|ひ|く(?:て|な)|すぎ|過ぎ)|t(?:i|ai|a$|$)|たi)",
        r"(?:死|氏)(?:のう(?:か|と|$)|んで?しま(?:い|お)|んじゃ(?:い|お)|ねたら|ねば(?:いい|楽|らく)|んだ(?:方|ほう)が|ぬしか|んでも(?:いい|よい|良い))",
        r"しん(?:でしまいたい|じゃいたい|だ(?:方|ほう)が(?:まし|いい|らく|楽))|しねたら|しぬしかな|タヒ(?:り|る|の)",
        r"自殺|じさつ|自死し|自決|心中し|無理心中|(?:飛|と)び(?:降|お)り(?:たい|よう|る|て)|とびこみたい|飛び込みたい",
        r"首(?:を|)?(?:吊|つ|括|くく)(?:り|る|ろ|っ)|くび(?:を|)?(?:つ|くく)(?:り|ろ|っ)|首吊",
        r"(?:消|き)え(?:たい|てしまいたい|ちゃいたい|てなくなりたい|たく(?:なる|なっ))|きえたい",
        r"(?:居|い)なくなりたい|いなくなってしまいたい|生まれてこなければ|うまれてこなければ",
        r"生き(?:て|る)(?:い|)(?:たくな|られな|るのがつら|るのが辛|る意味が?(?:な|わ)|く(?:の|気力)が)|(?:生|い)きる(?:の(?:が|を|に)(?:つら|辛|疲|つか|やめ|しんど)|意味が?(?:な|わ|分))",
        r"(?:生|い)きて(?:い|)(?:たくな|(?:いる|る)(?:意味|価値|資格)(?:が|も|は)?な|けな(?:い|さそ)|(?:い|)るのが(?:つら|辛|しんど|苦し))",
        r"人生(?:を|)?(?:終わり|おわり|終わら)|(?:この世|命|いのち)を?(?:去り|絶|断|終わら|おわら)|(?:楽|らく)になりたい|もう(?:終わり|おわり)にしたい|永遠に(?:眠|ねむ)",
        r"りすか|れぐか|あむか|りすとかっと|手首を?(?:切|き)(?:り|る|っ)|自傷|じしょうこうい|(?:体|からだ|腕)を(?:切|き)(?:っ|り)",
        r"(?<![a-z])od(?![a-z])|おばどず|おーばーどーず|大量服薬|(?:薬|くすり)を?(?:大量|たくさん|全部|ぜんぶ|いっぱい|まとめて)(?:に|)(?:飲|の)",
        r"遺書|いしょを(?:書|か)|練炭|れんたん",
        r"shinitai|sinitai|(?:want|wanna)(?:to)?die|kill(?:ing)?myself|suicid|endmylife|selfharm",
    ),
    "violence": (
        r"(?:殴ら|なぐら|蹴ら|叩か|たたか|刺さ|襲わ|おそわ|脅さ|おどさ|(?:^|に|から)けら)れ|(?:手|足|体|からだ)を(?:縛|しば)られ",
        r"暴力|ぼうりょく|(?<![a-z])dv(?![a-z])|でぃーぶい|でぃぶい|ころされ|殺され|(?:殺|ころ)すぞ?と(?:言|い)|(?:首|くび)を?(?:絞|し)め(?:ら|て)",
        r"れいぷ|強姦|痴漢|無理やり(?:.{0,6})(?:され|さわ|触)|性(?:的|)(?:被害|暴行|犯罪)|すとかー|つきまと(?:わ|い)れ?|付きまと",
        r"(?:殺|ころ)(?:したい|してやり?|しそう|してしま)|刃物|包丁(?:を|で)(?:.{0,6})(?:突|向|む|持ち出|振)|(?:夫|妻|彼氏|彼女|恋人|旦那|だんな|親|父|母)が(?:.{0,8})(?:手を(?:あげ|上げ)|暴れ)",
        r"(?:kill|beat|hit)sme|domesticviolence|(?<![a-z])raped?(?![a-z])",
    ),
    "abuse": (
        r"虐待|ぎゃくたい|ねぐれくと|育児放棄|(?:子|こ)(?:供|ども|)(?:を|に)(?:.{0,6})(?:叩い|たたい|殴|なぐ|蹴|手を(?:あげ|上げ))",
        r"(?:閉|し)め(?:出|だ)され|(?:ご飯|ごはん|食事|めし)(?:を|も)(?:食べさせて|たべさせて|)(?:もらえ|くれ)(?:な|ま)|(?:親|父|母|施設)に(?:.{0,8})(?:閉じ込め|とじこめ|監禁|縛)",
        r"childabuse|abused",
    ),
    "eviction": (
        r"(?:今日|きょう|今夜|こんや|今晩|こんばん|今から|明日|あした|明け方|いま)(?:.{0,12})(?:寝|ね|泊ま|とま|帰|かえ|住|す|居|い)(?:る|む|れる|める)?(?:所|ところ|とこ|場所|家|いえ|部屋)(?:が|も|)(?:な|あり?ま)",
        r"(?:寝|ね|泊ま|とま|帰|かえ)る(?:所|ところ|とこ|場所|家|いえ)(?:が|も|)(?:な|あり?ま|無)|(?:住|す)む(?:所|ところ|家|場所)(?:が|も|)(?:な|あり?ま|無|失)|行く(?:ところ|所|あて|当て)(?:が|も|)(?:な|無)|行き場(?:が|も|)(?:な|無)",
        r"(?:追|お)い(?:出|だ)され|(?:家|アパート|寮|部屋|あぱーと|あぱと)を(?:.{0,6})(?:出て(?:いけ|行け|行って|くれ)|出され|出なければ|出ないと)|(?:今日|今夜|今月)(?:中|じゅう)に(?:出|退去)|強制退去|鍵を(?:替|変|かえ)られ",
        r"野宿|路上(?:生活|で(?:寝|ね))|ほむれす|ほーむれす|車中泊|車で(?:寝|ね)(?:て|と)|ねっとかふぇ(?:で(?:寝|暮|生活)|生活|難民)|ねかふぇ(?:で(?:寝|暮|生活)|生活|難民)|公園で(?:寝|ね)",
        r"homeless|evicted|nowheretosleep|noplacetosleep",
    ),
    "hunger": (
        r"(?:何も|なにも|何日|なんにち|[0-9一二三四五]+日|[0-9一二三四五]+日間|昨日から|きのうから|おとといから|一昨日から|今日は?何も|ずっと|水しか|まともに|朝から)(?:.{0,8})(?:食べて|たべて|口にして|食って)い?(?:な|ません|おら)",
        r"(?:食べ|たべ)(?:る|)(?:物|もの|ものすら|物すら)(?:が|も|を|すら|)(?:ぜんぜん|全然|何も|もう|)(?:な(?!が)|あり?ま|無|買え|かえ)|食料が?(?:な|あり?ま|無|尽)|(?:米|おこめ|お米)(?:が|も)(?:な|無|買え|尽き)|(?:水|水道水)しか(?:飲|の)",
        r"(?:ご飯|ごはん|食事|めし|飯)(?:が|も|を|すら)(?:.{0,4})(?:食べられ|たべられ|食えな|くえな|とれな|取れな|買えな|かえな)|食費(?:が|も)(?:な|もう|無|あり?ま|尽)|(?:餓死|飢え)|うえじに",
        r"(?:所持金|残金|手持ち|全財産|財布)(?:が|は|に|も)?(?:.{0,4})(?:[0-9]{1,3}円|ぜろ|0円|数百円|数十円)|(?:みるく|粉みるく|おむつ)(?:が|も|を|代)(?:.{0,3})(?:買え|かえ|な(?:い|く))",
        r"(?:電気|がす|水道|らいふらいん)(?:が|も|を)(?:.{0,4})(?:止められ|とめられ|止まっ|とまっ|止まり)",
        r"nofood|starving|nothingtoeat",
    ),
}


def normalise(text: str) -> str:
    """What the patterns look at: width, case, kana, small vowels and noise between letters are evened out."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("タヒ", "死")
    return _NOISE.sub("", folded.translate(_TO_HIRAGANA).translate(_SMALL))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Patterns are written readably, with katakana and ー; they meet text that has neither."""
    folded = pattern.replace("タヒ", "死").translate(_TO_HIRAGANA).translate(_SMALL).replace("ー", "")
    return re.compile(folded)


_DANGER = {kind: re.compile("|".join(_compiled(p).pattern for p in ps)) for kind, ps in _PATTERNS.items()}
_SET_ASIDE = re.compile("|".join(_compiled(p).pattern for p in _HARMLESS))


def detect(text: str) -> UrgentKind | None:
    """The kind of danger that `text` speaks of, the most pressing first; None when it speaks of none."""
    plain = _SET_ASIDE.sub("◇", normalise(text))
    return next((kind for kind, danger in _DANGER.items() if danger.search(plain)), None)
