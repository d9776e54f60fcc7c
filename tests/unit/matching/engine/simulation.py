"""Simulated residents and companies: what people truly like, what they are shown, what they say, and what is learned from it."""

from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from services.matching.attention import Attention
from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.interactions import Interaction, strengths
from services.matching.engine.metrics import gini
from services.matching.engine.model import Model
from services.matching.learning import model_of
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.slate import propose
from services.matching.values import SCALES, Profile
from shared.clock import TOKYO
from tests.unit.matching.builders import NOW, a_seeker, an_offer

COMPANIES, OFFERS, RESIDENTS, SLATES, LEARN_EVERY = 24, 48, 60, 900, 300


@dataclass
class Outcome:
    """`exposure` by company; `hits` are probabilities that a slate holds something the person would ask for."""

    exposure: dict[str, float] = field(default_factory=dict)
    hits: list[float] = field(default_factory=list)

    @property
    def gini(self) -> float:
        return gini([self.exposure.get(f"com_{n:02}", 0.0) for n in range(COMPANIES)])

    @property
    def hit_rate(self) -> float:
        return float(np.mean(self.hits))


def simulate(seed: int, policy: Policy) -> Outcome:
    """The same town, people and luck for the same seed, whatever the policy."""
    random = np.random.default_rng(seed)
    offers = _offers(random)
    people = [_person(random) for _ in range(RESIDENTS)]
    # what an offer is truly like for a person: what its values say, and something that no profile tells
    fits = np.array([[_fit(profile, offer) for offer in offers] for profile in people])
    likely = 1 / (1 + np.exp(-(fits - 0.6 + random.normal(0, 0.2, fits.shape)) * 4))
    luck = random.random((SLATES, OFFERS))
    number_of = {offer.id: number for number, offer in enumerate(offers)}
    outcome, attention, done = Outcome(), Attention(), list[Interaction]()
    columns = columns_of(offers)
    by_person: dict[int, list[Interaction]] = {}
    model: Model | None = None
    for turn in range(SLATES):
        now = NOW + timedelta(minutes=30 * turn)
        today = now.astimezone(TOKYO).date()
        person = turn % RESIDENTS
        own = by_person.setdefault(person, [])
        seeker = a_seeker(resident_id=f"res_{person:02}", profile=people[person], history=strengths(own, now))
        seen, standing = attention.seen(columns, today)
        given = Circumstances(policy, columns.norms, model, seen, standing)
        slate, _ = propose(f"slt_{turn}", seeker, columns, 3, now, given)
        shown = [proposal.offer for proposal in slate.proposals]
        attention.shown(slate.id, today, [offer.id for offer in shown])
        misses = 1.0
        for rank, offer in enumerate(shown, start=1):
            number = number_of[offer.id]
            outcome.exposure[offer.company_id] = outcome.exposure.get(offer.company_id, 0.0) + 1 / np.log2(
                1 + rank
            )
            misses *= 1 - likely[person, number]
            if luck[turn, number] < likely[person, number] / rank:
                own.append(Interaction(seeker.resident_id, offer.id, "save", now))
                done.append(own[-1])
                attention.asked(today, seeker.resident_id, offer.id, "save")
        outcome.hits.append(1 - misses)
        if turn % LEARN_EVERY == LEARN_EVERY - 1:
            model = model_of(done, [], (), now)
    return outcome


def _offers(random: np.random.Generator) -> list[Offer]:
    """A few companies have most of the offers; what they are like has nothing to do with their size."""
    sizes = 1 / (np.arange(COMPANIES) + 1)
    companies = [*range(COMPANIES), *random.choice(COMPANIES, OFFERS - COMPANIES, p=sizes / sizes.sum())]
    return [
        an_offer(
            f"ofr_{number:02}",
            company_id=f"com_{company:02}",
            values={scale: float(random.random()) for scale in SCALES},
        )
        for number, company in enumerate(companies)
    ]


def _person(random: np.random.Generator) -> Profile:
    # few things matter much to anybody, and not the same ones
    return Profile({scale: float(random.random() ** 4) for scale in SCALES})


def _fit(profile: Profile, offer: Offer) -> float:
    importance = profile.importance()
    return sum(share * (2 * offer.values[scale] - 1) for scale, share in importance.items())
