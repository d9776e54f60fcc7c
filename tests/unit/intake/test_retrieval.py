"""Which programmes a question finds, which it does not, and why."""

import pytest

from services.intake.guide import build_index
from services.intake.programme import Programme
from services.intake.retrieval import Found, Index
from services.intake.words import Reader

TEXTS = {
    "rent": (
        "住居確保給付金",
        "離職や収入の減少で家賃を払えなくなるおそれのある方に、家賃相当額を支給します。",
    ),
    "night": ("夜間・オンラインのキャリア相談", "仕事のあとの時間に、相談員とオンラインで話せます。"),
    "ice": ("就職氷河期世代 就職応援", "非正規で働いてきた35歳から55歳の方の正社員への就職を助けます。"),
    "single": ("ひとり親家庭 資格取得支援", "ひとり親の方が資格を取るための講座の費用を助成します。"),
    "care": ("介護休業の相談", "家族の介護をしながら働く方の相談を受けます。"),
    "food": ("フードバンク", "生活に困っている世帯に食料を渡します。"),
}


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture(scope="module")
def index(reader: Reader) -> Index:
    return build_index(reader, [Programme(i, {"name": n, "abstract": a}) for i, (n, a) in TEXTS.items()])


def found(reader: Reader, index: Index, question: str) -> list[Found]:
    return index.search(reader.clauses(question), 3)


@pytest.mark.parametrize(
    ("question", "programmes"),
    [
        ("夜しか時間がなくて、パートを転々としています。家賃もきつい", {"rent", "night", "ice"}),
        ("アパート代が払えません", {"rent"}),
        ("シングルマザーです。資格を取りたい", {"single"}),
        ("親の介護で仕事を休みたい", {"care"}),
        ("クビになって家賃が払えない", {"rent"}),
    ],
)
def test_everyday_words_find_the_programmes(
    reader: Reader, index: Index, question: str, programmes: set[str]
) -> None:
    assert {f.id for f in found(reader, index, question)} == programmes


@pytest.mark.parametrize(
    "question",
    [
        "今日の天気は？",
        "カレーの作り方を教えて",
        "パスポートの更新はどこでできますか",
        "おすすめのラーメン屋",
        "犬の登録",
        "相談したい",
        "こんにちは",
        "夜の電車の時刻",
        "！？…",
        "",
        "\x00" * 50,
        "あ" * 5000,
    ],
)
def test_an_unrelated_question_finds_nothing(reader: Reader, index: Index, question: str) -> None:
    assert found(reader, index, question) == []


def test_the_score_is_the_sum_of_what_the_words_contributed(reader: Reader, index: Index) -> None:
    for one in found(reader, index, "夜しか時間がなくて、パートを転々としています。家賃もきつい"):
        assert one.score == pytest.approx(sum(match.contribution for match in one.matched), abs=1e-3)
        assert one.matched


def test_an_empty_catalogue_finds_nothing(reader: Reader) -> None:
    assert found(reader, build_index(reader, []), "家賃") == []


def test_a_catalogue_of_one_programme_is_searched_too(reader: Reader) -> None:
    index = build_index(reader, [Programme("rent", {"name": "家賃の補助"})])
    assert [f.id for f in found(reader, index, "家賃がきつい")] == ["rent"]
    assert found(reader, index, "犬を飼いたい") == []
