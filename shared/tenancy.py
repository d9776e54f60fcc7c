"""Tenants: what a municipality declares, and the live picture that every process keeps of all of them.

A tenant is a YAML resource, applied by `python -m shared.declare apply`; the declared state lies in the NATS KV bucket `tenants` (and that of
API keys in `api_keys`), which processes watch. Nothing in it is secret: keys are there as hashes, secrets are files.
"""

import re
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TENANT_PATTERN = r"^[a-z0-9]([a-z0-9-]{1,30})[a-z0-9]$"


def check_municipality_code(code: str) -> str:
    """A 6-digit code of a local government with its check digit.

    Source: 全国地方公共団体コード, 総務省 (weights 6..2 over five digits; 11 minus the sum mod 11, last digit).
    """
    if not re.fullmatch(r"[0-9]{6}", code):
        raise ValueError("a municipality code has 6 digits")
    total = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
    if int(code[5]) != (11 - total % 11) % 10:
        raise ValueError("the check digit of the municipality code is wrong")
    return code


MunicipalityCode = Annotated[str, AfterValidator(check_municipality_code)]


class Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Declared):
    """The tenant's LINE official account. `basic_id` starts with @; `bot_user_id` is `destination` in webhooks."""

    channel_id: str
    basic_id: str
    bot_user_id: str


class QuietHours(Declared):
    """Between `start` and `end` (Asia/Tokyo; may pass midnight) nothing is sent that the person did not just ask for."""

    start: time = time(21, 0)
    end: time = time(8, 0)


class Features(Declared):
    line_free_text: bool = False
    """May free text be answered on LINE itself? Off by default: consultation content should not stay on LINE's side. Intake
    knows one answer to free text so far, a link to the chat page, and gives it whatever this says."""


class Retention(Declared):
    """Days that each kind is kept; None: for good (docs/retention.md). Consultations from when they began, messages and webhook deliveries from when
    they ended, what residents answered about support programmes from their last answer."""

    consultations: int = Field(default=1095, ge=30)
    messages: int = Field(default=90, ge=3)
    support_answers: int = Field(default=90, ge=1)
    assessments: int = Field(default=1095, ge=400)
    """How work went, from when it was looked at; what was suggested because of it, from when that ended."""
    appointments: int | None = Field(default=1095, ge=90)
    """Appointments and series from their service day, waiting-list entries from when they ended. As long as consultations."""
    work: int | None = Field(default=1826, ge=1096)
    """Of a digital employment centre: shifts, promised time, contracts and stays at workplaces from their last day, client orders from when they
    ended. The papers of an employment are kept for five years, for the time being three (労働基準法109条, 附則143条)."""
    proposals: int | None = Field(default=90, ge=90)
    """Slates, and what they are made again from. Learning looks back 90 days."""
    interests: int | None = Field(default=1095, ge=365)
    """What residents said to offers, from when they said it, unless it still stands and the offer is open, or the desk has not answered. Learning
    looks back a year."""


class Quotas(Declared):
    requests_per_minute: int = Field(default=6000, ge=10)
    """Per process and credential-bearing tenant."""
    requests_per_minute_per_caller: int = Field(default=1200, ge=5)
    anonymous_per_minute: int = Field(default=60, ge=5)
    """Per address, for callers without a credential."""


class Booking(Declared):
    """Minutes and days."""

    cell_minutes: Literal[5, 10, 15, 30] = 15
    hold_minutes: int = Field(default=10, ge=1, le=60)
    minimum_notice_minutes: int = Field(default=60, ge=0)
    horizon_days: int = Field(default=31, ge=1, le=180)
    buffer_minutes: int = Field(default=0, ge=0, le=120, multiple_of=5)
    """Kept free in a counsellor's calendar after each appointment."""
    resident_daily_cap: int | None = Field(default=3, ge=1, le=20)
    """Appointments that a resident may book on one service day; staff may book more."""
    extra_reminders: bool = True
    """May people whom it helps to come be reminded once more, the evening before? (`services/booking/risk.py`)"""
    offer_minutes: int = Field(default=60, ge=5, le=24 * 60)
    """How long a free time is kept for somebody on the waiting list."""
    join_url: str = "https://meet.example/{appointment_id}"
    """A template for the address of online sessions: `{appointment_id}` is replaced."""
    join_hook: str | None = Field(
        default=None, pattern=r"^(https://|http://127\.0\.0\.1[:/])", max_length=500
    )
    """An outside provider that is asked for the address of each online session instead (`services/booking/joining.py`); plain http
    only on this machine."""


class Push(Declared):
    """Work that the municipality speaks for, openly: up to `points` more for offers of these industries or with these tags, until the
    end of the day `until`. Residents are told so as a reason."""

    name: str = Field(min_length=1, max_length=40)
    points: int = Field(ge=1, le=100)
    industries: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    until: date


class Sending(Declared):
    """What may be sent to residents who agreed, and how much of it is enough."""

    automatic: bool = False
    """Is a week's list sent without anybody having looked at it?"""
    offers: int = Field(default=3, ge=1, le=5)
    """In one message, at most."""
    per_week: int = Field(default=1, ge=1, le=3)
    """Messages to one person in any seven days, at most."""
    gap_days: int = Field(default=5, ge=1, le=30)
    """Days between two messages to the same person, at least."""
    per_company: int = Field(default=100, ge=1, le=10_000)
    """How often offers of one company go out in any seven days, at most."""


class Matching(Declared):
    """Every part of proposing that goes beyond a person's own answers and wishes can be turned off here."""

    learning: bool = True
    """May proposals learn from what this municipality's residents look at and ask for? Each resident may still refuse."""
    exploration: float = Field(default=0.05, ge=0, le=0.1)
    """The share of places that goes to an offer drawn by lot among those that fit; 0 turns it off."""
    exposure: int = Field(default=190, ge=0, le=200)
    """At most so many points for a company that was seen less than its due; 0 turns it off."""
    reciprocal: bool = True
    """Does it count whether a company, too, would find what it looks for?"""
    pushes: tuple[Push, ...] = Field(default=(), max_length=5)
    stretch: float = Field(default=0.1, ge=0, le=1)
    """The share of a plan's batches that may go to workers who are still growing into them, where every unit is looked at anyway. A centre
    that begins, and knows no results yet, says 1."""
    send_lists: bool = False
    """May residents who agreed be sent offers by message?"""
    sending: Sending = Sending()
    step_up: float | None = Field(default=4.0, ge=3, le=5)
    """Where an assessment's axis is high, of 1 to 5: a talk about a next step may then be suggested to staff; None: never."""


class Desk(Declared):
    """The people to ask when the machine does not know."""

    name: str
    phone: str
    hours: str
    url: str | None = None


class Agency(Declared):
    """A partner agency that referrals may go to."""

    id: str = Field(pattern=r"^[a-z0-9-]{3,40}$")
    name: str
    accepts: str = ""


class TenantSpec(Declared):
    name: str
    short_name: str
    municipality_code: MunicipalityCode
    sample: bool = False
    """A made-up municipality for trying Banso out: pages say so."""
    time_zone: Literal["Asia/Tokyo"] = "Asia/Tokyo"
    hosts: tuple[str, ...] = Field(min_length=1)
    neighbouring_areas: tuple[MunicipalityCode, ...] = ()
    languages: tuple[str, ...] = ("ja",)
    line: Line | None = None
    quiet_hours: QuietHours = QuietHours()
    features: Features = Features()
    retention: Retention = Retention()
    quotas: Quotas = Quotas()
    booking: Booking = Booking()
    matching: Matching = Matching()
    desk: Desk
    agencies: tuple[Agency, ...] = ()
    crisis_email: str | None = None
    """Who is paged when somebody is in danger."""


class Metadata(Declared):
    name: str = Field(pattern=TENANT_PATTERN)


class Tenant(Declared):
    """`kind: Tenant`. The id is `metadata.name`."""

    api_version: Literal["banso/v1"] = Field(alias="apiVersion", default="banso/v1")
    kind: Literal["Tenant"]
    metadata: Metadata
    spec: TenantSpec

    @property
    def id(self) -> str:
        return self.metadata.name

    @property
    def host(self) -> str:
        return self.spec.hosts[0]

    def agency(self, agency_id: str) -> Agency | None:
        return next((a for a in self.spec.agencies if a.id == agency_id), None)

    def page_url(self, public_url: str, path: str, host: str = "") -> str:
        """An absolute address of one of the tenant's pages: scheme and port of the gateway, the first host of the tenant or `host`."""
        scheme, _, rest = public_url.partition("://")
        _, colon, port = rest.partition(":")
        return f"{scheme}://{host or self.host}{colon}{port}{path}"


SCOPES = (
    "residents:read",
    "residents:write",
    "sessions:write",
    "consultations:read",
    "programmes:read",
    "programmes:write",
    "consents:write",
    "referrals:read",
    "referrals:write",
    "referrals:respond",
    "timeline:read",
    "companies:write",
    "offers:read",
    "offers:write",
    "slates:read",
    "slates:write",
    "counsellors:read",
    "counsellors:write",
    "appointments:read",
    "appointments:write",
    "centre:read",
    "centre:write",
    "orders:read",
    "orders:write",
    "assessments:read",
    "assessments:write",
    "messages:read",
    "messages:write",
    "templates:read",
    "templates:write",
    "webhooks:read",
    "webhooks:write",
)


POOL_SCOPES = ("pool:sessions", "pool:read", "pool:write")
"""For the people of a pool alone: no API key and no municipality's staff has them."""


class ApiKeySpec(Declared):
    """`sha256` is the hash of the whole key text. `agency` ties the key to one partner agency. `expires` is the last day."""

    tenant: str = Field(pattern=TENANT_PATTERN)
    name: str
    key_kind: Literal["live", "test"] = Field(alias="keyKind", default="live")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    scopes: tuple[str, ...]
    agency: str | None = None
    expires: date | None = None

    @model_validator(mode="after")
    def _known_scopes(self) -> Self:
        if unknown := set(self.scopes) - set(SCOPES):
            raise ValueError(f"unknown scopes: {', '.join(sorted(unknown))}")
        if "referrals:respond" in self.scopes and not self.agency:
            raise ValueError("a key that answers referrals names its agency")
        return self


class ApiKeyMetadata(Declared):
    name: str = Field(pattern=r"^[a-z0-9]{12}$")


class ApiKey(Declared):
    """`kind: ApiKey`. The key id is `metadata.name`: the part of the key text between kind and secret."""

    api_version: Literal["banso/v1"] = Field(alias="apiVersion", default="banso/v1")
    kind: Literal["ApiKey"]
    metadata: ApiKeyMetadata
    spec: ApiKeySpec

    @property
    def id(self) -> str:
        return self.metadata.name
