"""What was shown and asked for, as the exposure controller sees it; what may be learned from."""

from datetime import date, timedelta

from services.matching.attention import Attention
from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.engine.interactions import Interaction
from services.matching.learning import Shown, examples, model_of
from services.matching.scoring import Term
from tests.unit.matching.builders import NOW, an_offer

DAY = date(2026, 12, 1)
OFFERS = [
    an_offer("a", company_id="x"),
    an_offer("b", company_id="x"),
    an_offer("c", company_id="y", open_places=1),
]


def test_exposure_is_told_once_and_fades_after_four_weeks() -> None:
    attention = Attention()
    for _ in range(2):
        attention.shown("slt_1", DAY, ["a", "c"])
    attention.asked(DAY, "res_1", "c", "save")
    attention.asked(DAY, "res_1", "c", "save")
    attention.asked(DAY, "res_1", "c", "view")
    assert attention.companies(columns_of(OFFERS), DAY) == {
        "x": Seen(2, 1.0, 0.0),
        "y": Seen(1, 0.63093, 1.0),
    }
    later = DAY + timedelta(days=28)
    assert attention.companies(columns_of(OFFERS), later)["x"] == Seen(2, 0.0, 0.0)
    attention.forget(later)
    assert attention.companies(columns_of(OFFERS), DAY)["x"].exposure == 0


def test_five_applications_for_one_place_are_a_crowd_until_one_is_taken_back() -> None:
    attention = Attention()
    for n in range(5):
        attention.asked(DAY, f"res_{n}", "c", "apply")
    assert attention.crowded(columns_of(OFFERS), DAY) == {"c"}
    attention.taken_back("res_0", "c", "apply")
    assert attention.crowded(columns_of(OFFERS), DAY) == frozenset()


def test_only_open_offers_of_a_company_count() -> None:
    offers = [an_offer("a", company_id="x", state="closed")]
    assert Attention().companies(columns_of(offers), DAY) == {}


def shown(n: int, resident: str, hours: int) -> Shown:
    terms = (Term("hours.common", hours), Term("exposure.little", 50))
    return Shown(f"slt_{n}", resident, NOW - timedelta(days=2), ((f"o{n % 3}", terms),))


def test_an_answer_counts_when_it_came_after_the_slate_and_looking_is_none() -> None:
    done = [
        Interaction("r0", "o0", "save", NOW),
        Interaction("r1", "o1", "view", NOW),
        Interaction("r2", "o2", "apply", NOW - timedelta(days=3)),
    ]
    found = examples(done, [shown(n, f"r{n}", 300) for n in range(3)], ())
    assert [one.interested for one in found] == [True, False, False]
    assert found[0].features == {"hours": 0.3}


def test_who_refused_teaches_nothing() -> None:
    done = [Interaction(f"r{n}", f"o{n % 4}", "save", NOW) for n in range(12)]
    slates = [shown(n, f"r{n}", 300) for n in range(12)]
    everybody = model_of(done, slates, (), NOW)
    without = model_of(done, slates, {"r11"}, NOW)
    never_there = model_of(done[:11], slates[:11], (), NOW)
    assert everybody is not None and without is not None and never_there is not None
    assert without.hash == never_there.hash != everybody.hash
    assert model_of(done, slates, {f"r{n}" for n in range(12)}, NOW) is None
