"""Matching's database: one module per aggregate, tenant first in every call."""

from dataclasses import dataclass

from pymongo import ASCENDING, DESCENDING, IndexModel

from services.matching.store import assessments, imports, occupations, orders
from services.matching.store.assessments import Assessments
from services.matching.store.catalogue import Catalogue
from services.matching.store.companies import Companies
from services.matching.store.company_links import KEPT_FOR as LINKS_KEPT
from services.matching.store.company_links import CompanyLinks
from services.matching.store.imports import Imports
from services.matching.store.interactions import KEPT_FOR as INTERACTIONS_KEPT
from services.matching.store.interactions import Interactions
from services.matching.store.interests import Interests
from services.matching.store.models import Models
from services.matching.store.occupations import Occupations
from services.matching.store.offers import Offers
from services.matching.store.orders import OrderStore, open_orders
from services.matching.store.questionnaires import Questionnaires
from services.matching.store.residents import Residents
from services.matching.store.send_lists import COLLECTIONS as SEND_LISTS
from services.matching.store.send_lists import KEPT as SEND_LISTS_KEPT
from services.matching.store.send_lists import SendLists
from services.matching.store.slates import KEPT as SLATES_KEPT
from services.matching.store.slates import Slates
from services.matching.store.snapshots import Snapshots
from services.matching.store.subscriptions import COLLECTION as SUBSCRIPTIONS
from services.matching.store.subscriptions import Subscriptions
from services.matching.store.support import COLLECTIONS as SUPPORT
from services.matching.store.support import KEPT as SUPPORT_KEPT
from services.matching.store.workers import WORKERS, Workers
from services.matching.store.workplaces import Workplaces
from shared.mongo import CollectionSpec, Database
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.retention import Kept
from shared.sealing import Sealer

_TENANT = ("tenant_id", ASCENDING)
_NEWEST = (("created_at", DESCENDING), ("_id", DESCENDING))

COLLECTIONS = (
    CollectionSpec(
        "companies",
        (
            IndexModel([_TENANT, *_NEWEST]),
            IndexModel([_TENANT, ("standing", ASCENDING), *_NEWEST]),
            IndexModel([_TENANT, ("contact_key", ASCENDING)]),
            IndexModel([_TENANT, ("renamed", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec(
        "company_links",
        (
            IndexModel([_TENANT, ("company_id", ASCENDING), ("created_at", ASCENDING)]),
            # tenant: the server's own clock deletes by age, for every tenant alike
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=LINKS_KEPT),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec("workplaces", (IndexModel([_TENANT, ("company_id", ASCENDING), *_NEWEST]),)),
    CollectionSpec(
        "offers",
        (
            IndexModel([_TENANT, *_NEWEST]),
            IndexModel([_TENANT, ("state", ASCENDING), *_NEWEST]),
            IndexModel([_TENANT, ("state", ASCENDING), ("closed_at", ASCENDING)]),
            IndexModel([_TENANT, ("state", ASCENDING), ("expires_on", ASCENDING)]),
            IndexModel([_TENANT, ("source", ASCENDING), ("state", ASCENDING)]),
            IndexModel([_TENANT, ("company_id", ASCENDING), *_NEWEST]),
            OUTBOX_INDEX,
        ),
    ),
    # found by its id, which is made of tenant and resident; those who want nothing learned from them are looked for
    CollectionSpec("questionnaires", (IndexModel([_TENANT, ("wishes.learning", ASCENDING)]), OUTBOX_INDEX)),
    CollectionSpec(
        "slates",
        (
            IndexModel([_TENANT, ("resident_id", ASCENDING), *_NEWEST]),
            IndexModel([_TENANT, ("created_at", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec(
        "interests",
        (
            IndexModel([_TENANT, ("resident_id", ASCENDING), *_NEWEST]),
            IndexModel([_TENANT, ("offer_id", ASCENDING), *_NEWEST]),
            IndexModel([_TENANT, ("created_at", ASCENDING)]),
            # the same thing is said once at a time; what was taken back may be said again
            IndexModel(
                [_TENANT, ("resident_id", ASCENDING), ("offer_id", ASCENDING), ("kind", ASCENDING)],
                name="said_once",
                unique=True,
                partialFilterExpression={"state": "active"},
            ),
            OUTBOX_INDEX,
        ),
    ),
    # found by id: a registration writes one document and no index entry, unless it was made with a test key
    CollectionSpec(
        "residents",
        (IndexModel([_TENANT], name="testing", partialFilterExpression={"test": True}),),
    ),
    WORKERS,
    SUBSCRIPTIONS,
    *SEND_LISTS,
    *SUPPORT,
    *orders.COLLECTIONS,
    *assessments.COLLECTIONS,
    *imports.COLLECTIONS,
    *occupations.COLLECTIONS,
    CollectionSpec(
        "interactions",
        (
            IndexModel([_TENANT, ("resident_id", ASCENDING), ("offer_id", ASCENDING)]),
            IndexModel([_TENANT, ("offer_id", ASCENDING), ("at", ASCENDING)]),
            IndexModel([_TENANT, ("at", ASCENDING)]),
        ),
    ),
    CollectionSpec("snapshots", (IndexModel([_TENANT, ("at", ASCENDING)]),)),
    CollectionSpec(
        "models",
        (
            IndexModel([_TENANT, ("number", DESCENDING)]),
            IndexModel([_TENANT, ("superseded_at", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec(
        "model_pieces",
        (
            IndexModel([_TENANT, ("hash", ASCENDING), ("place", ASCENDING)]),
            IndexModel([_TENANT, ("superseded_at", ASCENDING)]),
        ),
    ),
)
OUTBOXES = (
    "companies",
    "company_links",
    "offers",
    "questionnaires",
    "slates",
    "interests",
    "models",
    "subscriptions",
    "send_lists",
    *assessments.OUTBOXES,
    *orders.OUTBOXES,
)

KEPT = (
    Kept("interactions", "at", lambda _: INTERACTIONS_KEPT.days),
    *SLATES_KEPT,
    *SEND_LISTS_KEPT,
    *SUPPORT_KEPT,
    *assessments.KEPT,
    *orders.KEPT,
    *imports.KEPT,
)


@dataclass(frozen=True)
class Store:
    """All of it."""

    companies: Companies
    offers: Offers
    questionnaires: Questionnaires
    slates: Slates
    interests: Interests
    residents: Residents
    interactions: Interactions
    snapshots: Snapshots
    models: Models
    subscriptions: Subscriptions
    send_lists: SendLists
    occupations: Occupations
    workers: Workers
    assessments: Assessments
    imports: Imports
    catalogue: Catalogue
    company_links: CompanyLinks
    workplaces: Workplaces
    order_books: OrderStore


def open_store(db: Database, outbox: Outbox, sealer: Sealer) -> Store:
    """The store over one service's database."""
    companies, workplaces = Companies(db, outbox, sealer), Workplaces(db, outbox, sealer)
    return Store(
        companies=companies,
        offers=Offers(db, outbox),
        questionnaires=Questionnaires(db, outbox),
        slates=Slates(db, outbox),
        interests=Interests(db, outbox),
        residents=Residents(db),
        interactions=Interactions(db),
        snapshots=Snapshots(db),
        models=Models(db, outbox),
        subscriptions=Subscriptions(db, outbox),
        send_lists=SendLists(db, outbox),
        occupations=Occupations(db),
        workers=Workers(db),
        assessments=Assessments(db, outbox, sealer),
        imports=Imports(db, outbox),
        catalogue=Catalogue(outbox, companies, workplaces),
        company_links=CompanyLinks(db, outbox, sealer),
        workplaces=workplaces,
        order_books=open_orders(outbox, sealer),
    )
