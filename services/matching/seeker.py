"""The person for whom work is sought, as the rules see them: answers, wishes, and where they could work."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from services.matching.interest import POSITIVE, Interest, latest
from services.matching.licences import covered
from services.matching.questionnaire import Questionnaire, Wishes, callings_of, profile_of
from services.matching.values import Calling, Profile
from shared.tenancy import Tenant


@dataclass(frozen=True)
class Seeker:
    """`home` is a municipality code, `reach` those one can go to from there (home included). `town`: its name, when nobody has said that the
    person lives there.

    `dismissed` are ids of offers the person does not want to see, `liked` the tags of those they were interested in. `callings` are
    the six interests, 0 to 1. `history` is what the person did with offers, as `engine.interactions.strengths` gives it. `at` is
    where the person sets out from, latitude and longitude in degrees. `shown` are offers of earlier pages of the same list. Of `wishes`
    the licences are all that the person may do with those they hold.
    """

    resident_id: str
    home: str
    reach: frozenset[str]
    profile: Profile
    wishes: Wishes
    dismissed: frozenset[str] = frozenset()
    liked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    callings: Mapping[Calling, float] = field(default_factory=dict)
    history: Mapping[str, float] = field(default_factory=dict)
    at: tuple[float, float] | None = None
    shown: frozenset[str] = frozenset()
    town: str = ""

    @property
    def areas(self) -> frozenset[str]:
        """Where an offer may be: the areas wished for, otherwise the whole reach."""
        return self.reach & frozenset(self.wishes.areas) if self.wishes.areas else self.reach


def reach_of(tenant: Tenant) -> frozenset[str]:
    """The tenant's municipality and those it declares as neighbours."""
    return frozenset((tenant.spec.municipality_code, *tenant.spec.neighbouring_areas))


def seeker_of(
    tenant: Tenant,
    questionnaire: Questionnaire,
    interests: Iterable[Interest],
    lives_in: str | None,
    history: Mapping[str, float] | None = None,
    shown: Iterable[str] = (),
) -> Seeker:
    """Home is where the person sets out from, when that is in reach. `lives_in` is the municipality code that intake registered: the tenant's
    own for everybody (or none while the event is on its way), which says nothing of where one lives; another one does.

    Where the municipality or the person wants nothing learned, `history` is empty and nothing is known to be `liked`.
    """
    reach, own = reach_of(tenant), tenant.spec.municipality_code
    said, wishes = latest(interests), questionnaire.wishes
    known = next((code for code in (wishes.start, lives_in) if code in reach and code != own), None)
    home = own if wishes.start == own else known
    learning = tenant.spec.matching.learning and wishes.learning
    return Seeker(
        resident_id=questionnaire.resident_id,
        home=home or own,
        reach=reach,
        profile=profile_of(questionnaire.answers),
        wishes=as_searched(questionnaire.wishes),
        dismissed=frozenset(offer for offer, i in said.items() if i.kind == "not_interested"),
        liked={offer: i.tags for offer, i in said.items() if learning and i.kind in POSITIVE},
        callings=callings_of(questionnaire.answers),
        history=history if learning and history else {},
        at=questionnaire.wishes.start_at,
        shown=frozenset(shown),
        town="" if home else tenant.spec.name,
    )


def as_searched(wishes: Wishes) -> Wishes:
    """The wishes as offers are looked for: whoever may drive a lorry may drive a car."""
    if wishes.licences is None:
        return wishes
    return replace(wishes, licences=tuple(sorted(covered(wishes.licences))))
