"""What an offer must say, what is worth another look, and the form in which companies write it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.matching.engine.interactions import Interaction
from services.matching.fair_words import HINTS, MATTERS, asked_for
from services.matching.figures import Figures, figures_of
from services.matching.hours import Window
from services.matching.offer import draft_of
from services.matching.pages import offer_form
from services.matching.pages.offer_view import shown_facts, unshown_facts
from services.matching.pages.workplace_view import answer_text, workplace_view
from services.matching.posting import LOWEST_MINIMUM_WAGE, MOST, advise, check
from services.matching.posting_words import PROBLEMS, advice_text
from services.matching.shelf import Shelf
from services.matching.workplace import FEWEST, Workplace, hear, release, remark, say, shown_notes
from shared.errors import Invalid, NotFound
from tests.harness import a_tenant
from tests.unit.matching.builders import FAR, NOW, REACH, an_offer

TODAY = date(2026, 12, 2)
GOOD = replace(
    draft_of(an_offer()),
    description="朝、店の前をそうじします。道具はあります。",
    hours=(Window((0, 2), 540, 720),),
)


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("本籍を書いた書類", "birthplace"),
        ("ご家族について教えてください", "family"),
        ("家族構成", "family"),
        ("持ち家の方", "housing"),
        ("生い立ちをうかがいます", "upbringing"),
        ("宗教", "religion"),
        ("支持する政党", "party"),
        ("座右の銘", "outlook"),
        ("尊敬する人物", "revered"),
        ("思想", "thought"),
        ("労働組合への加入", "union"),
        ("愛読書", "reading"),
        ("身元調査をします", "background_check"),
        ("当社指定の履歴書", "forms"),
        ("応募の際に健康診断書を提出", "health_check"),
    ],
)
def test_words_that_ask_for_what_is_no_condition_of_work_are_met(text: str, matter: str) -> None:
    assert asked_for("店番", text) == (matter,)


@pytest.mark.parametrize(
    "text",
    [
        "家族手当があります。家族的な雰囲気です",
        "年に1回、健康診断があります（会社が払います）",
        "国籍は問いません。履歴書も面接もいりません",
        "住宅手当あり。社宅あり",
        "労働組合があります",
        "新聞の配達です。本屋の店番です",
    ],
)
def test_words_that_ask_nobody_anything_are_left_alone(text: str) -> None:
    assert asked_for(text) == ()


def test_every_matter_has_its_hint_and_there_are_fourteen() -> None:
    assert len(MATTERS) == 14
    assert set(HINTS) == set(MATTERS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"municipality_code": FAR}, "municipality_code"),
        ({"hourly_wage_yen": MOST + 1}, "hourly_wage_yen"),
        ({"hourly_wage_yen": 12}, "hourly_wage_yen"),
        ({"expires_on": TODAY - timedelta(days=1)}, "expires_on"),
        ({"lat": 35.0}, "lat"),
    ],
)
def test_what_cannot_be_is_refused_and_named(change: dict[str, object], field: str) -> None:
    check(GOOD, REACH, TODAY)
    with pytest.raises(Invalid) as refused:
        check(replace(GOOD, **change), REACH, TODAY)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_work_from_home_may_be_anywhere_and_the_last_day_may_be_today() -> None:
    check(replace(GOOD, municipality_code=FAR, remote=True, expires_on=TODAY), REACH, TODAY)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hourly_wage_yen": LOWEST_MINIMUM_WAGE - 1}, "wage_low"),
        ({"hourly_wage_yen": None}, "wage_unknown"),
        ({"hours": ()}, "hours_unknown"),
        ({"hours": (Window(tuple(range(6)), 540, 960),)}, "long_week"),
        ({"description": "そうじ"}, "short"),
        (
            {"kind": "supported_short_job", "description": GOOD.description + "履歴書をお持ちください。"},
            "no_papers",
        ),
        ({"description": GOOD.description + "家族構成を教えてください。"}, "fair"),
    ],
)
def test_advice_names_what_is_worth_another_look(change: dict[str, object], code: str) -> None:
    assert advise(GOOD) == ()
    (advice,) = advise(replace(GOOD, **change))  # type: ignore[arg-type]
    assert advice.code == code
    assert advice_text(advice)


def test_work_that_says_that_no_papers_are_asked_for_is_left_alone() -> None:
    said = replace(
        GOOD, kind="supported_short_job", description=GOOD.description + "履歴書も面接もいりません。"
    )
    assert advise(said) == ()
    assert advise(replace(GOOD, description=GOOD.description + "面接のあと、お返事します。")) == ()


def test_no_minimum_wage_is_held_against_work_that_is_no_employment() -> None:
    for kind in ("work_experience", "remote_order"):
        assert advise(replace(GOOD, kind=kind, hourly_wage_yen=None)) == ()


def test_the_form_says_what_it_was_filled_with() -> None:
    draft = replace(
        GOOD, hours=(Window((4, 5), 1320, 1560),), values={"growth": 0.75}, interests={"social": 1.0}, tags=("夜", "短時間"),
        licences=("driving",), accommodations=("quiet",), expires_on=TODAY, open_places=2, work_days_a_week=3,
        industry_code="E", occupation_code="072-01", employment_form="part_time", lat=35.0, lng=135.0, remote=True,
    )  # fmt: skip
    assert offer_form.read(offer_form.filled(draft), draft) == (draft, {})


def test_what_is_wrong_in_the_form_is_named_field_by_field() -> None:
    fields = offer_form.typed(
        {
            "title": ["見本"],
            "hourly_wage_yen": ["１，２００円"],
            "open_places": ["0"],
            "w1_start": ["9:00"],
            "much_growth": ["9"],
            "tags": ["あ" * 31],
        }
    )
    draft, problems = offer_form.read({**fields, "municipality_code": "991007"})
    assert draft is None
    assert set(problems) == {"kind", "open_places", "hours", "values", "tags"}
    assert set(problems.values()) <= set(PROBLEMS.values())


def test_each_person_counts_once_for_what_they_said_and_looking_is_no_interest() -> None:
    done = [
        Interaction("res_1", "ofr_1", "save", NOW),
        Interaction("res_1", "ofr_1", "save", NOW + timedelta(days=1)),
        Interaction("res_2", "ofr_1", "ask", NOW),
        Interaction("res_2", "ofr_1", "view", NOW),
    ]
    found = figures_of({"ofr_1": 4, "ofr_2": 1}, done)
    assert found["ofr_1"] == Figures(4, 1, {"save": 1, "ask": 1})
    assert (found["ofr_1"].interest, found["ofr_2"].interest) == (2, 0)


def test_an_older_word_about_a_company_changes_nothing_on_the_shelf() -> None:
    shelf = Shelf([an_offer(), an_offer("ofr_2", company_id="com_2")])
    shelf.let("com_1", 3, False)
    assert [offer.state for offer in shelf.offers] == ["paused", "published"]
    shelf.let("com_1", 2, True)
    shelf.put(an_offer(version=2))
    assert [offer.state for offer in shelf.offers] == ["paused", "published"]
    assert shelf.get("ofr_1") == an_offer(state="paused", version=2)
    shelf.let("com_1", 4, True)
    assert [offer.state for offer in shelf.offers] == ["published", "published"]


def test_a_workplace_is_told_in_words_and_what_nobody_said_is_left_out() -> None:
    place = say(Workplace("wpl_1", "com_1", "厨房"), {"noise": 1, "body": 4}, NOW)
    view = workplace_view(place)
    assert [heading for heading, _ in view.groups] == ["音と人の多さ", "体の使い方"]
    assert [row.said for _, rows in view.groups for row in rows] == [
        "大きな音がする", "どちらかというと「座ってできる」"
    ]  # fmt: skip
    assert view.unanswered == 12
    assert answer_text("左", "右", 3.2) == "「左」と「右」の、あいだくらい"


def test_a_note_is_read_once_it_is_released_and_enough_people_were_heard() -> None:
    place = remark(Workplace("wpl_1", "com_1", "厨房"), "key0", "静かでした")
    place = release(place, "key0", True)
    assert shown_notes(place) == ()
    for n in range(1, FEWEST):
        place = hear(place, f"key{n}", "trainee", {"noise": 3})
    assert shown_notes(place) == ("静かでした",)
    rewritten = remark(place, "key0", "変えました")
    assert shown_notes(rewritten) == ()
    assert remark(place, "key0", "").notes == ()
    with pytest.raises(NotFound):
        release(place, "key9", True)


def test_what_residents_do_not_read_is_told_apart() -> None:
    offer = replace(an_offer(), tags=("静か",), industry_code="P85", licences=())
    seen = dict(shown_facts(offer, "見本市"))
    unseen = dict(unshown_facts(lambda _, code: code, a_tenant(), offer))
    assert not seen.keys() & unseen.keys()
    assert (unseen["タグ"], unseen["産業"]) == ("静か", "医療、福祉")
    assert "必要な資格" not in seen
