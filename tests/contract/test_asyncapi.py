"""The AsyncAPI document says what the brokers' data say, and every reference in it leads somewhere."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from shared.asyncapi import events_of, short
from shared.contracts import FOLDER
from shared.events import BY_TYPE, PUBLISHED
from shared.events.envelope import nats_subject
from shared.streams import DURABLES, STREAMS

DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text())


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(ref := part.get("$ref"), str):
            yield ref
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def resolve(reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    found: Any = json.loads((FOLDER / file).read_text()) if file else DOCUMENT
    for step in filter(None, pointer.split("/")):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def test_every_reference_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert len(found) > len(BY_TYPE) * 4
    for reference in found:
        assert isinstance(resolve(reference), dict), reference


def test_the_document_has_the_parts_that_asyncapi_3_asks_for() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= DOCUMENT["info"].keys()
    for server in DOCUMENT["servers"].values():
        assert {"host", "protocol"} <= server.keys()
    for kind in ("messages", "parameters", "messageTraits"):
        for name in DOCUMENT["components"][kind]:
            assert re.fullmatch(r"[a-zA-Z0-9.\-_]+", name), name


def test_there_is_one_channel_for_every_event_type_and_its_address_names_the_municipality() -> None:
    assert set(DOCUMENT["channels"]) == {short(event_type) for event_type in BY_TYPE}
    for name, channel in DOCUMENT["channels"].items():
        assert channel["address"].replace("{tenant}", "*") == nats_subject(f"banso.{name}")
        assert set(channel["parameters"]) == set(re.findall(r"{(\w+)}", channel["address"])) == {"tenant"}
        assert list(channel["messages"]) == [name]


def test_a_message_carries_the_schema_of_its_own_type() -> None:
    for name, message in DOCUMENT["components"]["messages"].items():
        assert message["name"] == f"banso.{name}"
        schema = resolve(message["payload"]["schema"]["$ref"])
        assert schema["properties"]["type"] == {"const": f"banso.{name}"}


def test_the_operations_are_what_services_publish_and_durables_receive() -> None:
    done: dict[str, set[tuple[str, str]]] = {"send": set(), "receive": set()}
    for name, operation in DOCUMENT["operations"].items():
        channel = operation["channel"]["$ref"].removeprefix("#/channels/")
        [message] = operation["messages"]
        assert message["$ref"] == f"#/channels/{channel}/messages/{channel}"
        done[operation["action"]].add((name.split(".")[0], channel))
    assert done["send"] == {(service, short(p.TYPE)) for service, ps in PUBLISHED.items() for p in ps}
    assert done["receive"] == {(d.name, short(p.TYPE)) for d in DURABLES for p in events_of(d)}


def test_every_channel_lies_in_the_stream_that_stores_it() -> None:
    streams = {stream.name: stream.subjects for stream in STREAMS}
    for channel in DOCUMENT["channels"].values():
        subjects = streams[channel["x-jetstream-stream"]]
        assert any(channel["address"].startswith(subject.removesuffix(">")) for subject in subjects)
