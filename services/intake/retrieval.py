"""Which programmes a question is about, and which words say so: BM25F over the catalogue, explained term by term.

A contribution lies in [0, 1): idf (scaled so that a word of a single programme has 1) times the saturated, field-weighted frequency.
A programme is named only when some three neighbouring content words of the question are explained well enough by it: one chance word
in an unrelated question is not. Source of the ranking function: Robertson and Zaragoza (2009), The Probabilistic Relevance Framework: BM25 and Beyond.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.intake.words import Clause, Word

K1 = 1.2
B = 0.4
FIELD_WEIGHTS: Mapping[str, float] = {
    "name": 3.0, "tags": 2.0, "theme": 2.0, "category": 2.0, "person_type": 2.0, "keyword_type": 2.0, "issue_type": 2.0,
    "abstract": 2.0, "target": 1.0, "provisions": 1.0,
}  # fmt: skip
SYNONYM = 0.6
MEANING = 0.8
WINDOW = 3
ENOUGH = 0.3
KEEP = 0.4


@dataclass(frozen=True)
class Match:
    """A word of the question and what it contributed."""

    word: str
    contribution: float


@dataclass(frozen=True)
class Found:
    """A programme with the sum of what its words contributed. `matched` names them, best first."""

    id: str
    score: float
    matched: tuple[Match, ...]


class Index:
    """Immutable once built. `documents` maps an id to the words of its fields."""

    def __init__(self, documents: Mapping[str, Mapping[str, Sequence[Word]]]) -> None:
        self._postings: dict[str, dict[str, float]] = {}
        lengths: dict[str, Counter[str]] = {}
        for document_id, fields in documents.items():
            lengths[document_id] = Counter({field: len(words) for field, words in fields.items()})
        averages = {
            field: sum(length[field] for length in lengths.values()) / max(1, len(lengths)) or 1.0
            for field in FIELD_WEIGHTS
        }
        for document_id, fields in documents.items():
            for term, frequency in _frequencies(fields, averages).items():
                self._postings.setdefault(term, {})[document_id] = frequency
        self._size = len(documents)

    def search(self, clauses: Sequence[Clause], most: int) -> list[Found]:
        """The programmes to name, at most `most`; none when nothing fits well enough."""
        evidence: dict[str, float] = {}
        explained: dict[str, dict[str, float]] = {}
        for clause in clauses:
            pieces = [self._explain(word) for word in clause.words]
            meanings = {phrase: self._means(alternatives) for phrase, alternatives in clause.meanings}
            for document_id in {d for piece in (*pieces, *meanings.values()) for d in piece}:
                there = explained.setdefault(document_id, {})
                for label, piece in (
                    *zip((w.surface for w in clause.words), pieces, strict=True),
                    *meanings.items(),
                ):
                    there[label] = max(there.get(label, 0.0), piece.get(document_id, 0.0))
                found = _evidence(
                    clause.words,
                    [piece.get(document_id, 0.0) for piece in pieces],
                    {phrase: piece.get(document_id, 0.0) for phrase, piece in meanings.items()},
                )
                evidence[document_id] = max(evidence.get(document_id, 0.0), found)
        named = {d: words for d, words in explained.items() if evidence[d] >= ENOUGH}
        return _choose(named, most)

    def _explain(self, word: Word) -> dict[str, float]:
        """What a word contributes to each programme: by its own form, or a little less by a synonym."""
        weight = word.weight
        best = {d: weight * c for d, c in self._contributions(word.form).items()}
        synonym = (
            weight * SYNONYM / max(1, len(word.synonyms))
        )  # the more a word can mean, the less each counts
        for group in word.synonyms:
            for document_id, contribution in self._contributions(_synonym(group)).items():
                best[document_id] = max(best.get(document_id, 0.0), synonym * contribution)
        return best

    def _means(self, alternatives: Sequence[Sequence[Word]]) -> dict[str, float]:
        """An everyday phrase contributes by the best of its meanings, of which every word must be there."""
        best: dict[str, float] = {}
        for words in alternatives:
            pieces = [self._contributions(word.form) for word in words]
            for document_id in set.intersection(*map(set, pieces)) if pieces else ():
                mean = sum(
                    word.weight * piece[document_id] for word, piece in zip(words, pieces, strict=True)
                ) / len(words)
                best[document_id] = max(best.get(document_id, 0.0), MEANING * mean)
        return best

    def _contributions(self, term: str) -> dict[str, float]:
        postings = self._postings.get(term, {})
        if not postings:
            return {}
        rarity = _idf(self._size, len(postings)) / _idf(self._size, 1)
        return {d: rarity * frequency / (K1 + frequency) for d, frequency in postings.items()}


def _evidence(words: Sequence[Word], contributions: Sequence[float], meanings: Mapping[str, float]) -> float:
    """The best share of some neighbouring words that is explained, by themselves or by what their phrase means."""
    best = max(meanings.values(), default=0.0) if not words else 0.0
    for start in range(max(1, len(words) - WINDOW + 1)):
        near = list(zip(words, contributions, strict=True))[start : start + WINDOW]
        total = sum(word.weight for word, _ in near)
        explained = sum(contribution for _, contribution in near)
        beyond = max(
            (c - sum(own for word, own in near if word.surface in phrase) for phrase, c in meanings.items()),
            default=0.0,
        )
        best = max(best, (explained + max(0.0, beyond)) / max(1.0, total))
    return best


def _choose(named: Mapping[str, Mapping[str, float]], most: int) -> list[Found]:
    """Best first; what an earlier one has explained counts half, so that several troubles each get their programme."""
    left = dict(named)
    covered: dict[str, float] = {}
    chosen: list[Found] = []
    first = 0.0
    while left and len(chosen) < most:

        def worth(document_id: str) -> tuple[float, str]:
            new = sum(max(c - covered.get(w, 0.0) / 2, c / 2) for w, c in left[document_id].items())
            return new, document_id

        best = max(left, key=worth)
        gain = worth(best)[0]
        first = first or gain
        words = left.pop(best)
        if gain < KEEP * first:
            break
        for word, contribution in words.items():
            covered[word] = max(covered.get(word, 0.0), contribution)
        matched = sorted(
            (Match(w, round(c, 4)) for w, c in words.items() if c), key=lambda m: -m.contribution
        )
        chosen.append(Found(best, round(sum(words.values()), 4), tuple(matched)))
    return chosen


def _frequencies(fields: Mapping[str, Sequence[Word]], averages: Mapping[str, float]) -> dict[str, float]:
    """Field-weighted, length-normalised frequency of each term of one programme."""
    total: Counter[str] = Counter()
    for field, weight in FIELD_WEIGHTS.items():
        words = fields.get(field, ())
        norm = 1 - B + B * len(words) / averages[field]
        for term in _terms(words):
            total[term] += weight / norm  # type: ignore[assignment]
    return dict(total)


def _terms(words: Iterable[Word]) -> Iterable[str]:
    for word in words:
        yield word.form
        yield from map(_synonym, word.synonyms)


def _synonym(group: int) -> str:
    return f"\x00{group}"


def _idf(size: int, found_in: int) -> float:
    return math.log(1 + (size - found_in + 0.5) / (found_in + 0.5))
