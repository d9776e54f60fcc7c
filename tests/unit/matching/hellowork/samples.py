"""Made-up offers in the shape of 求人情報提供. Every name and number is a sample."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

SAMPLE: Mapping[str, str] = {
    "kjno": "99010-00000161",
    "jgshmei": "サンプル製パン（見本）",
    "sksu": "パンの仕込み（見本）",
    "shigoto_ny": "生地をこね、型に入れます。",
    "sngbrui_n": "072-01",
    "koyokeitai_n": "正社員",
    "kjkbn2_n": "フルタイム",
    "shgbsjusho1_n": "見本県さくら市",
    "shgbs_myre": "見本駅",
    "chgnkeitai_n": "月給",
    "chgnkeitai_kagen": "192,000円",
    "chgnkeitai_jgn": "240,000円",
    "shgjn1_open": "8:30",
    "shgjn1_close": "17:30",
    "kyukeijn_n": "60",
    "jkgi_thkinjn_ji_n": "5",
    "kyjs": "土，日",
    "nenkankjsu_n": "125",
    "knyhkn_koyo": "1",
    "knyhkn_rosai": "1",
    "nenreisegnari_jgn": "59",
    "mycartsknkahi_n": "可",
    "saiyoninzu_n": "2人",
    "uktkymd_seireki": "2026/11/01",
    "kjyukoymd": "2027/01/31",
}
"""An offer without fault. 240 days of 8 hours a year: 192,000 yen a month are 1,200 yen an hour."""


def data(**changes: str | None) -> dict[str, str]:
    """The sample with some tags changed, or without them (None)."""
    return {tag: text for tag, text in {**SAMPLE, **changes}.items() if text is not None}


def xml(*offers: Mapping[str, str]) -> bytes:
    parts = [
        "<data>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in offer.items()) + "</data>"
        for offer in offers
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><root><kyujin>' + "\n".join(parts) + "</kyujin></root>"
    ).encode()
