"""Japanese text as words that can be looked for: SudachiPy, mode A, normalized forms, content words only.

Loading the dictionary takes a noticeable moment and memory: `Reader` is made once, in a thread, where questions are answered.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sudachipy import Dictionary, SplitMode

from services.intake.everyday_words import EVERYDAY

CLAUSE_END = re.compile(r"[。、，．,.!?！？\n\r;；]+")
LONGEST = 2000


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


# words that every message or every catalogue entry has: they say nothing about what is looked for
EVERYWHERE = _listed(
    """
    事 物 為 人 方 時 所 今 今日 明日 昨日 自分 私 僕 俺 何 誰 皆 制度 支援 相談 利用 申請 申し込み 対象 場合 必要 方法 仕方 質問 情報 案内 窓口 サービス 事業 助成 手続き 市
    町 村 区 県 市民 住民 本人 お願い 教える 知る 思う 困る 出来る 有る 無い 居る 為る 成る 言う 行く 来る 見る 使う 受ける 行う 欲しい 良い 悪い きつい 辛い 苦しい 大変 不安
    心配 色々 他 際 中 上 下 前 後 間 内 外 時間 年 月 日 円 回 件 以上 以下 未満 等 又 及び 様 達 頃 程 気 気持ち 話 感じ 最近 毎日 いつも おすすめ 一番 多い 少ない
    登録 予約 更新 変更 届 届出 証明 発行 場所 電話 確認 結果 シングル マザー ファザー
    """
)
# they say when and where somebody can come, not what for: found alone, they make no answer
CIRCUMSTANCES = _listed("夜 夜間 深夜 早朝 休日 土日 週末 平日 オンライン 電話 近く")
VERB = 0.4
CIRCUMSTANCE = 0.6


@dataclass(frozen=True)
class Word:
    """One content word: its `form`, the synonym groups it belongs to, how much it says (0..1), and how it was written."""

    form: str
    synonyms: tuple[int, ...]
    weight: float
    surface: str


@dataclass(frozen=True)
class Clause:
    """A part of a question: its content words, and what its everyday phrases mean (phrase -> words of each meaning)."""

    words: tuple[Word, ...]
    meanings: tuple[tuple[str, tuple[tuple[Word, ...], ...]], ...] = ()


@lru_cache(maxsize=1)
def _dictionary() -> Dictionary:
    """The dictionary of this process: loaded once, 75 MB."""
    return Dictionary(dict="core")


class Reader:
    """Reads text into words. Not for two threads at once: every thread makes its own with `another`."""

    def __init__(self, dictionary: Dictionary | None = None) -> None:
        self._dictionary = dictionary or _dictionary()
        self._tokenizer = self._dictionary.tokenizer(mode=SplitMode.A)

    def another(self) -> "Reader":
        """A reader for another thread, over the same dictionary."""
        return Reader(self._dictionary)

    def words(self, text: str) -> tuple[Word, ...]:
        """The content words of `text`, in order; what exceeds 2,000 characters is not read."""
        return _content(self._read(text[:LONGEST]))

    def clauses(self, question: str) -> list[Clause]:
        """A question in parts: people name several troubles in one breath, and each deserves an answer."""
        plain = unicodedata.normalize("NFKC", question[:LONGEST])
        return [self._clause(part) for part in CLAUSE_END.split(plain) if part]

    def _clause(self, part: str) -> Clause:
        morphemes = self._read(part)
        # a phrase begins where a word does: パート is not in アパート
        starts = [m.begin() for m in morphemes]
        plain = "".join(m.surface() for m in morphemes)
        meanings = tuple(
            (phrase, tuple(self.words(meaning) for meaning in meanings))
            for phrases, meanings in EVERYDAY
            for phrase in phrases
            if phrase in plain and any(plain.startswith(phrase, start) for start in starts)
        )
        return Clause(_content(morphemes), meanings)

    def _read(self, text: str) -> list[Any]:
        return list(self._tokenizer.tokenize(unicodedata.normalize("NFKC", text).replace("\x00", " ")))


def _content(morphemes: Iterable[Any]) -> tuple[Word, ...]:
    return tuple(
        Word(m.normalized_form(), tuple(m.synonym_group_ids()), _weight(m), m.surface())
        for m in morphemes
        if _says_something(m.normalized_form(), m.part_of_speech())
    )


def _weight(morpheme: Any) -> float:
    if morpheme.normalized_form() in CIRCUMSTANCES:
        return CIRCUMSTANCE
    return 1.0 if morpheme.part_of_speech()[0] == "名詞" else VERB


def _says_something(form: str, part_of_speech: tuple[str, ...]) -> bool:
    if form in EVERYWHERE:
        return False
    major, minor = part_of_speech[0], part_of_speech[1]
    if major == "名詞":
        return minor in ("普通名詞", "固有名詞")
    return (major, minor) in (("動詞", "一般"), ("形容詞", "一般"), ("形状詞", "一般"))
