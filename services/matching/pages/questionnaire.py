"""/matching/questionnaire: a few items a page, to be left and taken up again at any point."""

from fastapi import APIRouter, Request, Response

from services.matching.item_texts import ASKING, ITEMS, SKIP
from services.matching.pages.visitor import form_command
from services.matching.questionnaire import ITEMS as ASKED
from services.matching.questionnaire import Item, Questionnaire, answer
from services.matching.store import Store
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import VisitorOf, form_of, go, page_route

PAGE, PROFILE, WISHES = "/matching/questionnaire", "/matching/profile", "/matching/wishes"
MOST_ON_A_PAGE = 6
SKIPPED = "skip"
GIVEN: dict[str, int | None] = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, SKIPPED: None}


def steps(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], ...]:
    """Pages of few items, in order; each asks of one part only."""
    found: list[list[Item]] = []
    for item in items:
        if not found or len(found[-1]) == MOST_ON_A_PAGE or found[-1][0].part != item.part:
            found.append([])
        found[-1].append(item)
    return tuple(map(tuple, found))


STEPS = steps(ASKED)
LAST = len(STEPS)


def questionnaire_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/questionnaire")
    async def show_questionnaire(visitor: VisitorOf, step: str = "") -> Response:
        tenant = visitor.tenant
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        return _page(tenant, questionnaire, _step(step) or _first_open(questionnaire))

    @router.post("/questionnaire")
    async def keep_answers(visitor: VisitorOf, request: Request) -> Response:
        tenant = visitor.tenant
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        step, towards = _step(fields.get("step", "")) or 1, fields.get("go", "")
        answers, problems = _answers(step, fields, passed=towards not in ("back", "pause"))
        if problems:
            before, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
            return _page(tenant, before, step, problems=problems, status=422)
        now = core.clock.now()
        await store.questionnaires.change(
            tenant.id,
            visitor.resident_id,
            lambda q: answer(q, answers, None, finish=False, now=now),
            await form_command(request, visitor, fields.get("idempotency_key", "")),
        )
        return go(_towards(step, towards))

    def _page(
        tenant: Tenant,
        questionnaire: Questionnaire,
        step: int,
        *,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        items = STEPS[step - 1]
        asking = ASKING[items[0].part]
        options = [*((str(value), text) for value, text in asking.choices.items()), (SKIPPED, SKIP)]
        return pages.render(
            "questionnaire.html",
            tenant,
            status=status,
            step=step,
            last=LAST,
            asking=asking,
            options=options,
            items=[(item.id, ITEMS[item.id], _chosen(questionnaire, item.id)) for item in items],
            problems=problems or {},
            idempotency_key=new_ulid(),
        )

    return router


def _step(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    return int(text) if 1 <= int(text) <= LAST else None


def _towards(step: int, towards: str) -> str:
    if towards == "pause":
        return PROFILE
    if towards == "back":
        return f"{PAGE}?step={max(1, step - 1)}"
    return f"{PAGE}?step={step + 1}" if step < LAST else f"{WISHES}?first=1"


def _first_open(questionnaire: Questionnaire) -> int:
    """Where to take it up again; the beginning when every item has been answered or skipped."""
    still_open = set(questionnaire.open_items)
    return next((number for number, items in enumerate(STEPS, 1) if still_open.intersection(items)), 1)


def _chosen(questionnaire: Questionnaire, item: str) -> str | None:
    if item not in questionnaire.answers:
        return None
    value = questionnaire.answers[item]
    return SKIPPED if value is None else str(value)


def _answers(
    step: int, fields: dict[str, str], *, passed: bool
) -> tuple[dict[str, int | None], dict[str, str]]:
    """The answers of this page, and what is wrong by field name. Who has `passed` it has skipped what they left open."""
    asked = [item.id for item in STEPS[step - 1]]
    sent = {item: fields[item] for item in asked if item in fields}
    wrong = {
        i: "答えは、ならんでいる中から選んでください。" for i, value in sent.items() if value not in GIVEN
    }
    answers = {item: GIVEN[value] for item, value in sent.items() if value in GIVEN}
    return {**(dict.fromkeys(asked) if passed else {}), **answers}, wrong
