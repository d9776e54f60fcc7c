"""/matching/v1/questionnaire and a resident's own answers"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials
from pydantic import BaseModel, Field

from services.matching import wording
from services.matching.area import Areas
from services.matching.item_texts import ASKING, FORMER
from services.matching.item_texts import ITEMS as TEXTS
from services.matching.licences import named_all
from services.matching.offer import Accommodation, EmploymentForm, Kind
from services.matching.questionnaire import (
    HIGHEST,
    ITEM_SET,
    ITEMS,
    LOWEST,
    Part,
    Questionnaire,
    Wishes,
    answer,
    callings_of,
    erase,
    profile_of,
)
from services.matching.routes.fields import Hours, HoursList, Strict
from services.matching.seeker import reach_of
from services.matching.store import Store
from services.matching.values import CALLINGS, SCALES, Calling, Scale
from shared.clock import Clock
from shared.errors import Invalid
from shared.http.etag import IfMatch, etag
from shared.http.request import CommandOf, ResidentOf, TenantOf, actor_of, bearer, cookie, tenant_by_host
from shared.tenancy import MunicipalityCode, Tenant

NO_PLACES = Areas()
Word = Annotated[str, Field(min_length=1, max_length=30)]
Answer = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]


class ItemView(BaseModel):
    """`scale` is a work value, or an interest in the part `interests`."""

    id: str
    part: Part
    scale: Scale | Calling
    text: str


class Choice(BaseModel):
    value: int
    text: str


class PartView(BaseModel):
    """How the items of one part are asked."""

    part: Part
    question: str
    choices: list[Choice]


class QuestionnaireItems(BaseModel):
    """What is asked, in the order to ask it. `question` and `choices` are those of the values, `parts` has them for each part.

    `item_set` is counted up whenever an item changes; `former_items` are no longer asked, their answers are still read."""

    item_set: int
    question: str
    choices: list[Choice]
    parts: list[PartView]
    items: list[ItemView]
    former_items: dict[str, str]


class WishesModel(Strict):
    """Hard conditions of the person's own; an empty list or null is no wish. `wage_floor` in yen per hour.

    `days_a_week` and `max_km` at most, the latter as the crow flies from the place that stands for the municipality `start`; `licences`
    are held (null: not said), by name or code; `accommodations` are needed. `remote_only`: nothing that one has to go to. `skills` speak for
    offers with the same tags. `learning`: false when nothing may be learned from what the person looks at and asks for.
    """

    areas: list[MunicipalityCode] = Field(default_factory=list, max_length=50, examples=[["991007"]])
    hours: HoursList = Field(
        default_factory=list, examples=[[{"weekdays": [0, 1, 2, 3, 4], "start": "19:00", "end": "25:00"}]]
    )
    wage_floor: int | None = Field(default=None, ge=0, le=1_000_000, examples=[1100])
    kinds: list[Kind] = Field(default_factory=list, max_length=10)
    employment_forms: list[EmploymentForm] = Field(default_factory=list, max_length=10)
    days_a_week: int | None = Field(default=None, ge=1, le=7)
    max_km: float | None = Field(default=None, gt=0, le=1000, allow_inf_nan=False)
    licences: list[Word] | None = Field(default=None, max_length=50)
    accommodations: list[Accommodation] = Field(default_factory=list, max_length=10)
    skills: list[Word] = Field(default_factory=list, max_length=20)
    learning: bool = True
    start: MunicipalityCode | None = Field(default=None, examples=["991007"])
    remote_only: bool = False

    def wishes(self, tenant: Tenant, places: Areas) -> Wishes:
        """Raises Invalid for an area that the tenant does not reach."""
        reach = reach_of(tenant)
        for position, area in enumerate(self.areas):
            if area not in reach:
                raise Invalid(
                    f"wishes.areas.{position}", "neither this municipality nor a declared neighbour"
                )
        return Wishes(
            areas=_distinct(self.areas),
            hours=tuple(h.window() for h in self.hours),
            wage_floor=self.wage_floor,
            kinds=_distinct(self.kinds),
            employment_forms=_distinct(self.employment_forms),
            days_a_week=self.days_a_week,
            max_km=self.max_km,
            licences=None if self.licences is None else named_all(self.licences),
            accommodations=_distinct(self.accommodations),
            skills=_distinct(self.skills),
            learning=self.learning,
            start=self.start,
            start_at=place_of(self.start, places),
            remote_only=self.remote_only,
        )

    @classmethod
    def of(cls, wishes: Wishes) -> "WishesModel":
        said = {**asdict(wishes), "hours": [Hours.of(window) for window in wishes.hours]}
        del said["start_at"]
        return cls.model_validate(said)


def place_of(code: str | None, places: Areas) -> tuple[float, float] | None:
    """The place that stands for a municipality; None for one that the list does not have."""
    known = places.by_code.get(code or "")
    return known.at if known else None


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


class Answers(Strict):
    """Some answers: item -> 1 (does not matter) to 5 (matters very much), null to skip. Items not named keep what they had;
    `wishes`, when given, replace the former ones. `finish`: the person is done, what was not reached counts as skipped."""

    answers: dict[str, Answer | None] = Field(
        default_factory=dict, max_length=100, examples=[{"balance-1": 5, "reward-1": 4, "autonomy-1": None}]
    )
    wishes: WishesModel | None = None
    finish: bool = False


class ScaleView(BaseModel):
    """`score` is 0 to 1; null when nothing was answered on it."""

    scale: Scale
    name: str
    score: float | None


class CallingView(BaseModel):
    """`score` is 0 to 1; null when nothing was answered on it."""

    scale: Calling
    name: str
    score: float | None


class ProfileView(BaseModel):
    """What matters to the person and what they would like to do; the leading ones said as strengths."""

    scales: list[ScaleView]
    leading: list[Scale]
    strengths: list[str]
    interests: list[CallingView]


class QuestionnaireView(BaseModel):
    """`answered`, `skipped` and `total` count the items that are asked now; `item_set` is the set that was asked last."""

    id: str
    item_set: int
    answers: dict[str, int | None]
    wishes: WishesModel
    answered: int
    skipped: int
    total: int
    completed_at: datetime | None
    profile: ProfileView


def view(questionnaire: Questionnaire) -> QuestionnaireView:
    profile = profile_of(questionnaire.answers)
    leading, callings = profile.leading(), callings_of(questionnaire.answers)
    return QuestionnaireView(
        id=questionnaire.id,
        item_set=questionnaire.item_set,
        answers=dict(questionnaire.answers),
        wishes=WishesModel.of(questionnaire.wishes),
        answered=questionnaire.answered,
        skipped=questionnaire.skipped,
        total=len(ITEMS),
        completed_at=questionnaire.completed_at,
        profile=ProfileView(
            scales=[ScaleView(scale=s, name=wording.SCALES[s], score=profile.scores.get(s)) for s in SCALES],
            leading=list(leading),
            strengths=[wording.STRENGTHS[scale] for scale in leading],
            interests=[
                CallingView(scale=c, name=wording.CALLINGS[c], score=callings.get(c)) for c in CALLINGS
            ],
        ),
    )


async def anybody(
    request: Request,
    response: Response,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session: Annotated[str | None, Depends(cookie)],
) -> None:
    """Anybody with a valid credential, or anybody at a tenant's host."""
    if authorization is None and session is None:
        await tenant_by_host(request, response)
    else:
        await actor_of(request, response, authorization, session)


def questionnaire_router(store: Store, clock: Clock, places: Areas = NO_PLACES) -> APIRouter:
    router = APIRouter(tags=["questionnaire"])

    @router.get("/questionnaire", dependencies=[Depends(anybody)])
    async def list_items() -> QuestionnaireItems:
        """The items. Each may be skipped; nothing is asked that fair recruitment keeps out."""
        parts = [PartView(part=p, question=a.question, choices=_choices(p)) for p, a in ASKING.items()]
        return QuestionnaireItems(
            item_set=ITEM_SET,
            question=parts[0].question,
            choices=parts[0].choices,
            parts=parts,
            items=[ItemView(id=i.id, part=i.part, scale=i.scale, text=TEXTS[i.id]) for i in ITEMS],
            former_items=dict(FORMER),
        )

    @router.get("/me/questionnaire")
    async def get_answers(actor: ResidentOf, response: Response) -> QuestionnaireView:
        """The resident's own answers so far, and the profile they make."""
        questionnaire, version = await store.questionnaires.get(actor.tenant, actor.require_resident())
        response.headers.update(etag(version))
        return view(questionnaire)

    @router.put("/me/questionnaire")
    async def put_answers(
        given: Answers,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> QuestionnaireView:
        """Keep some answers; the questionnaire can be left and taken up again. Sending the same again changes nothing."""
        now = clock.now()
        wishes = given.wishes.wishes(tenant, places) if given.wishes else None
        questionnaire, version = await store.questionnaires.change(
            actor.tenant,
            actor.require_resident(),
            lambda q: answer(q, given.answers, wishes, finish=given.finish, now=now),
            command,
            expected,
        )
        response.headers.update(etag(version))
        return view(questionnaire)

    @router.delete("/me/questionnaire", status_code=204)
    async def erase_answers(actor: ResidentOf, command: CommandOf) -> None:
        """Delete the answers, the wishes, every proposal made from them and what was noted of offers looked at. What was said to offers
        stays until it is taken back. Deleting again changes nothing."""
        resident_id, now = actor.require_resident(), clock.now()
        await store.questionnaires.erase(actor.tenant, resident_id, lambda q: erase(q, now), command)

    return router


def _choices(part: Part) -> list[Choice]:
    return [Choice(value=value, text=text) for value, text in ASKING[part].choices.items()]
