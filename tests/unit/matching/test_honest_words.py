"""Nothing is said of a person's home, of an offer, of others or of a company that is not known."""

from typing import Any

import pytest

from services.matching.engine.blend import Circumstances
from services.matching.engine.exposure import Seen
from services.matching.hours import Window
from services.matching.interest import Interest
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import Questionnaire, Wishes
from services.matching.scoring import Term, terms
from services.matching.seeker import Seeker, seeker_of
from services.matching.slate import Proposal, propose
from services.matching.values import Profile
from services.matching.wording import term_text
from shared.tenancy import Tenant
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, NOW, a_seeker, an_offer
from tests.unit.matching.test_wishes_hold import TENANT

EVENING = (Window((0, 1, 2, 3, 4), 19 * 60, 25 * 60),)
SAID: dict[str, Any] = {
    "hours": EVENING, "work_days_a_week": 5, "hourly_wage_yen": 1200, "employment_form": "part_time"
}  # fmt: skip


def one(seeker: Seeker, offer: Offer, given: Circumstances | None = None) -> Proposal:
    (proposal,) = propose("slt_1", seeker, [offer], 1, NOW, given or Circumstances())[0].proposals
    return proposal


def someone(start: str | None, registered: str | None = HOME) -> Seeker:
    return seeker_of(TENANT, Questionnaire("qst_1", "res_1", wishes=Wishes(start=start)), [], registered)


def area(seeker: Seeker, code: str) -> tuple[str, int, str]:
    (term,) = terms(an_offer(municipality_code=code), seeker)
    return term.code, term.contribution, term_text(term)


def test_where_somebody_lives_is_said_only_when_they_have_said_where_they_set_out_from() -> None:
    """The code that everybody is registered with is the municipality's own."""
    assert area(someone(None), HOME) == ("area.home", 150, "見本市の中で働けます")
    assert "通うことになります" not in area(someone(None), NEIGHBOUR)[2]
    assert area(someone(HOME), HOME)[2] == "お住まいの市区町村の中で働けます"
    assert area(someone(FAR), HOME)[2] == "見本市の中で働けます"


def test_whoever_sets_out_from_a_neighbour_is_at_home_there() -> None:
    assert area(someone(NEIGHBOUR), NEIGHBOUR) == ("area.home", 150, "お住まいの市区町村の中で働けます")
    assert area(someone(NEIGHBOUR), HOME)[:2] == ("area.neighbouring", -50)
    assert area(someone(None, NEIGHBOUR), NEIGHBOUR)[:2] == ("area.home", 150)


@pytest.mark.parametrize(
    ("wishes", "unsaid", "code", "text"),
    [
        (Wishes(hours=EVENING), {"hours": (), "unsaid": ("hours",)}, "unknown.hours", "働く時間は書かれていません"),
        (Wishes(hours=EVENING), {"work_days_a_week": None, "unsaid": ("days",)}, "unknown.days", "働く曜日や日数は"),
        (Wishes(days_a_week=5), {"work_days_a_week": None, "hours": ()}, "unknown.days", "働く曜日や日数は"),
        (Wishes(employment_forms=("part_time",)), {"employment_form": None}, "unknown.form", "雇われ方は書かれていません"),
        (Wishes(max_km=5, start_at=(35.0, 135.0)), {"lat": None}, "unknown.distance", "どのくらい離れているか"),
    ],
)  # fmt: skip
def test_a_wish_that_the_offer_is_silent_about_is_said_before_anything_else(
    wishes: Wishes, unsaid: dict[str, Any], code: str, text: str
) -> None:
    seeker = a_seeker(wishes=wishes, at=wishes.start_at, profile=Profile({"balance": 1.0}))
    mismatch = one(seeker, an_offer(**{**SAID, **unsaid, "values": {"balance": 0.0}})).mismatch
    assert mismatch is not None
    assert (mismatch.code, text in term_text(mismatch)) == (code, True)
    told = one(seeker, an_offer(**{**SAID, "lat": 35.0, "lng": 135.0, "values": {"balance": 0.0}})).mismatch
    assert told is not None
    assert told.code == "values.balance"


@pytest.mark.parametrize(
    ("unsaid", "code"),
    [
        ({"hours": (), "unsaid": ("hours",), "hourly_wage_yen": None}, "unknown.hours"),
        ({"hourly_wage_yen": None, "employment_form": None}, "unknown.wage"),
        ({"hours": (), "work_days_a_week": None}, "unknown.days"),
        ({"employment_form": None}, "unknown.form"),
    ],
)
def test_somebody_who_answered_nothing_is_told_what_the_offer_does_not_say(
    unsaid: dict[str, Any], code: str
) -> None:
    mismatch = one(a_seeker(), an_offer(**{**SAID, **unsaid})).mismatch
    assert mismatch is not None
    assert mismatch.code == code
    assert term_text(mismatch)
    assert one(a_seeker(), an_offer(**SAID)).mismatch is None


def learning(tenant: bool, person: bool) -> tuple[str, ...]:
    """The codes of what speaks for an offer that is like one that was saved."""
    spec = TENANT.spec.matching.model_copy(update={"learning": tenant})
    town = Tenant.model_validate(
        TENANT.model_copy(update={"spec": TENANT.spec.model_copy(update={"matching": spec})})
    )
    said = [Interest("int_1", "res_1", "ofr_9", "save", ("夜",), NOW)]
    seeker = seeker_of(town, Questionnaire("qst_1", "res_1", wishes=Wishes(learning=person)), said, HOME)
    given = Circumstances(Policy(learning=tenant))
    assert bool(seeker.liked) == (tenant and person)
    return tuple(term.code for term in one(seeker, an_offer(tags=("夜",)), given).terms)


def test_what_was_liked_counts_for_nothing_where_nothing_is_to_be_learned() -> None:
    assert "tags.liked" in learning(tenant=True, person=True)
    assert "tags.liked" not in learning(tenant=False, person=True)
    assert "tags.liked" not in learning(tenant=True, person=False)
    liked = a_seeker(liked={"ofr_9": ("夜",)})
    off = one(liked, an_offer(tags=("夜",)), Circumstances(Policy(learning=False)))
    assert "tags.liked" not in [term.code for term in off.terms]


def test_a_company_is_called_little_introduced_only_below_the_mean() -> None:
    """The second has more exposure than the mean, yet less than its merit; the fourth has not been seen."""
    seen = {"com_1": Seen(1, 40.0, 0.0), "com_2": Seen(1, 30.0, 20.0), "com_3": Seen(1, 5.0, 0.0)}
    given = Circumstances(Policy(exposure=100), companies=seen, standing=4)
    texts = {}
    for company in ("com_2", "com_3", "com_4"):
        found = {t.code: t for t in one(a_seeker(), an_offer(company_id=company), given).terms}
        texts[company] = term_text(found["exposure.little"])
    assert texts["com_3"] == texts["com_4"] == "これまで、あまり紹介されてこなかった会社の仕事です"
    assert "紹介されてこなかった" not in texts["com_2"]


def test_a_reason_names_the_offer_that_it_comes_from_and_no_people_that_nobody_knows() -> None:
    alike = Term("learned.alike", 200, {"because": "ofr_9"})
    assert "「パンの仕込み」" in term_text(alike, {"ofr_9": "パンの仕込み"})
    assert "「" not in term_text(alike)
    seldom = term_text(Term("learned.alike", -120, {"because": "ofr_9"}), {"ofr_9": "パンの仕込み"})
    assert "少ない" in seldom
    assert "多い" not in seldom
    assert "条件の近い人" not in term_text(Term("learned.response", 90)) + term_text(
        Term("learned.response", -90)
    )
