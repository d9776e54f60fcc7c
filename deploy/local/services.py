"""The four services as the gateway and the start page present them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """A service's name in addresses, and what people read about it."""

    name: str
    title: str
    about: str
    about_en: str


SERVICES = (
    Service(
        "intake",
        "相談の入口",
        "相談、支援制度の案内、同意、紹介、これまでの記録。",
        "Consultation, guide to support programmes, consent, referrals, case timeline.",
    ),
    Service(
        "matching",
        "仕事との出会い",
        "大切にしたいことを聞き、合いそうな仕事を理由といっしょに出します。",
        "Questionnaire, companies and offers, and why an offer fits.",
    ),
    Service(
        "booking",
        "予約",
        "相談員と話す日と時間。夜中の25時までの予定も、その日の予定として扱います。",
        "Counsellors, hours and appointments, past midnight too.",
    ),
    Service(
        "notify",
        "お知らせ",
        "LINE、メール、連携先への通知と、届いたかどうかの記録。",
        "Messages to people, signed webhooks to partners, and proof of delivery.",
    ),
)
NAMES = tuple(service.name for service in SERVICES)
