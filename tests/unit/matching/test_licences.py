"""Names of licences become codes, the wider ones include the narrower."""

import pytest

from services.matching.licences import BY_CODE, LICENCES, code_of, covered, label, named


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("普通自動車運転免許", "driving"),
        ("普通自動車第一種免許", "driving"),
        ("普通自動車免許（ＡＴ限定可）", "driving_at"),
        ("普通自動車免許（AT限定不可）", "driving"),
        ("普通免許", "driving"),
        ("普通自動車第二種免許", "driving_2"),
        ("準中型自動車第一種免許", "driving_semi_medium"),
        ("中型自動車免許（８トン限定）", "driving_medium_8t"),
        ("準中型自動車免許（５ｔ限定）", "driving_semi_medium_5t"),
        ("中型自動車第一種免許", "driving_medium"),
        ("大型自動車第一種免許", "driving_large"),
        ("大型自動車第二種免許", "driving_large_2"),
        ("大型特殊自動車免許", "driving_special"),
        ("フォークリフト運転技能者", "forklift"),
        ("介護職員初任者研修修了者", "care_initial"),
        ("ホームヘルパー２級", "care_initial"),
        ("介護福祉士実務者研修修了者", "care_practitioner"),
        ("介護支援専門員（ケアマネージャー）", "care_manager"),
        ("精神保健福祉士", "mental_health_worker"),
        ("准看護師", "assistant_nurse"),
        ("管理栄養士", "registered_dietitian"),
        ("第一種電気工事士", "electrician_1"),
        ("日商簿記２級", "bookkeeping_2"),
        ("見本検定１級", None),
        ("", None),
    ],
)
def test_a_name_as_advertisements_write_it_finds_its_code(name: str, code: str | None) -> None:
    assert code_of(name) == code


def test_every_label_and_every_code_finds_itself() -> None:
    assert [one.code for one in LICENCES if code_of(one.label) != one.code] == []
    assert all(code_of(code) == code for code in BY_CODE)


def test_a_licence_that_is_not_listed_meets_the_same_name_written_otherwise() -> None:
    assert named("見本 検定１級") == named("見本検定1級")
    assert label(named("見本検定１級")) == "見本検定1級"


def test_who_may_drive_a_lorry_may_drive_a_car_and_not_the_other_way_round() -> None:
    assert {"driving", "driving_at", "moped"} <= covered(["driving_large"])
    assert "driving_medium" not in covered(["driving"])
    assert "driving_semi_medium" in covered(["driving_medium_8t"])
    assert covered(["driving_2"]) >= {"driving"}
    assert covered([]) == frozenset()


def test_what_is_covered_is_in_the_list() -> None:
    assert {code for one in LICENCES for code in one.covers} <= set(BY_CODE)
