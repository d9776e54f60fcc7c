"""Every stream has durables, every durable has handlers for exactly its events, every reaction a durable that brings its event."""

import importlib
from collections.abc import AsyncIterator, Iterator

import pytest

from shared.asyncapi import events_of
from shared.events import BY_TYPE, PUBLISHED
from shared.events.envelope import nats_subject
from shared.runtime import Service, connect_core
from shared.settings import CoreSettings
from shared.streams import DURABLES, STREAMS, Durable, durables_of

SERVICES = tuple(PUBLISHED)


@pytest.fixture
async def services(settings: CoreSettings) -> AsyncIterator[dict[str, Service]]:
    """All four, composed as their processes compose them, nothing of them running."""
    composed, cores = {}, []
    for name in SERVICES:
        app = importlib.import_module(f"services.{name}.app")
        store = importlib.import_module(f"services.{name}.store")
        own = importlib.import_module(f"services.{name}.settings").Settings(**settings.model_dump())
        core = await connect_core(name, own, store.COLLECTIONS)
        cores.append(core)
        composed[name] = await app.compose(core)
    yield composed
    for core in cores:
        await core.nc.close()
        core.db.close()


def received(service: str) -> dict[str, list[str]]:
    """Event type -> the durables of the service that bring it."""
    found: dict[str, list[str]] = {}
    for durable in durables_of(service):
        for payload in events_of(durable):
            found.setdefault(payload.TYPE, []).append(durable.name)
    return found


async def test_every_service_handles_exactly_what_its_durables_bring(services: dict[str, Service]) -> None:
    for name, service in services.items():
        types = [reaction.event.TYPE for reaction in service.reactions]
        assert len(types) == len(set(types)), f"{name}: two handlers for one event"
        assert set(types) == set(received(name)), name


async def test_the_case_timeline_hears_every_event_of_every_service(services: dict[str, Service]) -> None:
    heard = {reaction.event.TYPE for reaction in services["intake"].reactions}
    brought = {p.TYPE for d in durables_of("intake") if "timeline" in d.name for p in events_of(d)}
    assert heard == brought == set(BY_TYPE)


async def test_every_collection_that_carries_events_is_swept(services: dict[str, Service]) -> None:
    """A collection with the outbox's index is named by the service; what is named has the index."""
    for name, service in services.items():
        specs = importlib.import_module(f"services.{name}.store").COLLECTIONS
        indexed = {s.name for s in specs for i in s.indexes if "outbox_at" in i.document["key"]}
        assert set(service.outboxes) == indexed, name


async def test_every_collection_is_declared_once_and_its_indexes_start_with_the_tenant(
    services: dict[str, Service],
) -> None:
    for name in services:
        specs = importlib.import_module(f"services.{name}.store").COLLECTIONS
        assert len({spec.name for spec in specs}) == len(specs), name
        for spec in specs:
            for index in spec.indexes:
                keys = list(index.document["key"])
                ttl = "expireAfterSeconds" in index.document
                assert keys[0] == "tenant_id" or ttl or keys == ["outbox_at"], (spec.name, keys)


def test_every_publisher_has_its_stream_and_every_stream_of_events_a_durable() -> None:
    streams = {stream.name for stream in STREAMS} - {"DLQ"}
    assert streams == {service.upper() for service in PUBLISHED} == {durable.stream for durable in DURABLES}


def test_durables_are_named_for_their_service_and_are_distinct() -> None:
    names = [durable.name for durable in DURABLES]
    assert len(names) == len(set(names))
    for durable in DURABLES:
        assert durable.service in SERVICES
        assert durable.name.startswith(f"{durable.service}-")


def covers(pattern: str, subject: str) -> bool:
    """NATS matching: `*` is one token, `>` all that follow."""
    wanted, given = pattern.split("."), subject.split(".")
    for position, token in enumerate(wanted):
        if token == ">":
            return len(given) > position
        if position >= len(given) or token not in ("*", given[position]):
            return False
    return len(wanted) == len(given)


def subjects(durable: Durable) -> Iterator[tuple[str, bool]]:
    """Every published subject, and whether the durable should receive it."""
    wanted = {payload.TYPE for payload in events_of(durable)}
    for event_type in BY_TYPE:
        yield nats_subject(event_type, "kyoto"), event_type in wanted


def test_the_filters_of_a_durable_let_in_its_events_of_any_municipality_and_no_other() -> None:
    for durable in DURABLES:
        for subject, expected in subjects(durable):
            assert any(covers(f, subject) for f in durable.filter_subjects) == expected, (
                durable.name,
                subject,
            )
    for stream in STREAMS:
        for durable in (d for d in DURABLES if d.stream == stream.name):
            assert all(p.TYPE.split(".")[1].upper() == stream.name for p in events_of(durable))


def test_no_two_filters_of_a_durable_overlap() -> None:
    """The server refuses them."""
    for durable in DURABLES:
        assert len(set(durable.filter_subjects)) == len(durable.filter_subjects)
