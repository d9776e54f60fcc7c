"""What an advertisement says beyond its offer is kept without the people in it."""

import pytest

from services.matching.hellowork.unread import leads_to_somebody, unread
from tests.unit.matching.hellowork.samples import SAMPLE


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("ttsTts", "見本 太郎"), ("ttstts_kana", "ミホン タロウ"), ("ttsykm", "見本課"), ("dhshamei", "見本 花子"), ("tantosha", "見本"),
        ("sksho/ttsTel", "-"), ("jgsh_fax", "x"), ("E_Mail", "x"), ("担当者名", "見本"), ("mihon", "０３－００００－００００（見本）"),
        ("mihon", "お問い合わせは 0900(00)0000 へ"), ("mihon", "（03）0000-0000"), ("mihon", "0000000000"), ("mihon", "+81 90-0000-0000"), ("mihon", "090-00000000"),
        ("mihon", "見本は jobs＠sample.example へ"),
    ],
)  # fmt: skip
def test_whom_to_ask_for_and_how_to_reach_them_is_not_kept(tag: str, text: str) -> None:
    assert unread({tag: text, "mihon_ran": "見本の欄"}) == (("mihon_ran", "見本の欄"),)


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/01",
        "8:30-17:30",
        "099-0001",
        "0101-123456-7",
        "01010-00000161",
        "072-01",
        "9900000000001",
        "192,000円",
        "0830",
    ],
)
def test_days_hours_codes_and_amounts_are_no_telephone_numbers(text: str) -> None:
    assert unread({"mihon_ran": text}) == (("mihon_ran", text),)


def test_of_a_whole_sample_nothing_is_taken_for_a_person() -> None:
    assert {tag for tag, text in SAMPLE.items() if leads_to_somebody(tag, text)} == set()
