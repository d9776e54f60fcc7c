"""The committed contracts: what the models generate, what they admit, and how they may grow."""

import json
from datetime import UTC, date, datetime
from typing import Any, TypeVar, get_args

import pytest
from jsonschema import Draft7Validator, Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from pydantic_core import PydanticUndefined

from shared.compatibility import breaking_changes
from shared.contracts import FOLDER, differences, event_schema, write
from shared.events import BY_TYPE, PUBLISHED
from shared.events.envelope import Part, Payload, envelop
from shared.trace import Trace, tracing
from tests.harness import a_tenant

ALL = [(service, payload) for service, payloads in PUBLISHED.items() for payload in payloads]
NAMES = [payload.TYPE for _, payload in ALL]
P = TypeVar("P", Payload, Part)
NOW = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)


def committed(event_type: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((FOLDER / f"{event_type}.json").read_text())
    return schema


def a_value(annotation: Any) -> Any:
    """Some value that the annotation admits: the first code, a text, a number, an instant."""
    if annotation is datetime:
        return NOW
    if annotation is date:
        return NOW.date()
    if annotation in (int, bool, float):
        return annotation(1)
    if annotation is str:
        return "990019"
    if annotation == tuple[str, ...]:
        return ("sample-1", "sample-2")
    first = get_args(annotation)[0]
    if isinstance(first, type) and issubclass(first, Part):
        return (a_payload(first),)
    return first


def a_payload(payload: type[P]) -> P:
    """A sample of the payload with every required field filled."""
    required = {n: f for n, f in payload.model_fields.items() if f.default is PydanticUndefined}
    return payload.model_validate({name: a_value(field.annotation) for name, field in required.items()})


def on_the_wire(service: str, payload: type[Payload]) -> dict[str, Any]:
    """A sample event exactly as it is published."""
    with tracing(Trace("sample-correlation", causation_id="sample-cause", actor="resident:sample")):
        event = envelop(
            [a_payload(payload)], source=f"/{service}", tenant="sample-a", subject="s1", sequence=1, now=NOW
        )[0]
    sent: dict[str, Any] = json.loads(event.encode())
    return sent


def test_the_committed_contracts_are_what_the_models_generate() -> None:
    stale, breaking = differences()
    assert breaking == [], "add a v2 beside the v1"
    assert stale == [], "python -m shared.contracts write"


@pytest.mark.parametrize(("service", "payload"), ALL, ids=NAMES)
def test_a_published_event_fits_its_schema(service: str, payload: type[Payload]) -> None:
    schema = committed(payload.TYPE)
    Draft7Validator.check_schema(schema)
    Draft7Validator(schema, format_checker=FormatChecker()).validate(on_the_wire(service, payload))


@pytest.mark.parametrize(("service", "payload"), ALL, ids=NAMES)
def test_the_schema_refuses_an_event_that_lacks_a_field_or_is_of_another_type(
    service: str, payload: type[Payload]
) -> None:
    validator = Draft7Validator(committed(payload.TYPE))
    event = on_the_wire(service, payload)
    for field in ("id", "tenantid", "sequence", "correlationid", "data"):
        with pytest.raises(ValidationError):
            validator.validate({k: v for k, v in event.items() if k != field})
    with pytest.raises(ValidationError):
        validator.validate({**event, "type": "banso.intake.somebody.else.v1"})
    for field in event["data"]:
        if payload.model_fields[field].is_required():
            with pytest.raises(ValidationError):
                validator.validate({**event, "data": {k: v for k, v in event["data"].items() if k != field}})


def test_an_event_may_carry_more_than_a_consumer_knows() -> None:
    for service, payload in ALL:
        event = on_the_wire(service, payload)
        grown = {**event, "later": 1, "data": {**event["data"], "later": "x"}}
        Draft7Validator(committed(payload.TYPE)).validate(grown)


def test_every_event_type_is_named_for_its_publisher_and_is_documented() -> None:
    assert len(set(NAMES)) == len(NAMES)
    for service, payload in ALL:
        assert payload.TYPE.startswith(f"banso.{service}."), payload
        assert payload.model_config["frozen"]
        assert event_schema(service, payload)["properties"]["source"] == {"const": f"/{service}"}


PERSONAL = ("name", "phone", "email", "address", "birth", "text", "note", "message", "line_user")


def test_no_event_has_a_field_for_personal_data_or_free_text() -> None:
    for payload in BY_TYPE.values():
        for field in payload.model_fields:
            assert not any(word in field for word in PERSONAL) or field.endswith("_id"), (payload, field)


def test_declared_resources_fit_the_committed_resource_schema() -> None:
    schema = json.loads((FOLDER / "tenant.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    tenant = a_tenant("kyoto").model_dump(mode="json", by_alias=True)
    validator.validate(tenant)
    with pytest.raises(ValidationError):
        validator.validate({**tenant, "spec": {**tenant["spec"], "unheard_of": 1}})
    with pytest.raises(ValidationError):
        validator.validate({**tenant, "kind": "Town"})


OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "maxLength": 10},
        "kind": {"enum": ["a", "b"], "type": "string"},
        "count": {"type": "integer", "minimum": 0},
        "seen": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "data": {"$ref": "#/definitions/Inner"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["id", "kind"],
    "definitions": {"Inner": {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}},
}


def changed(**properties: Any) -> dict[str, Any]:
    return {**OLD, "properties": {**OLD["properties"], **properties}}


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ({**OLD, "properties": {k: v for k, v in OLD["properties"].items() if k != "count"}}, "count: removed"),
        ({**OLD, "required": ["id", "kind", "count"]}, "count: newly required"),
        ({**changed(new={"type": "string"}), "required": ["id", "kind", "new"]}, "new: newly required"),
        ({**OLD, "required": ["id"]}, "kind: no longer always there"),
        (changed(id={"type": "integer"}), "id: no longer string"),
        (changed(seen={"type": "string"}), "seen: no longer null"),
        (changed(kind={"enum": ["a"], "type": "string"}), 'kind: no longer "b"'),
        (changed(kind={"const": "a"}), 'kind: no longer "b"'),
        (changed(id={"type": "string", "maxLength": 5}), "id: maxLength is now 5"),
        (changed(count={"type": "integer", "minimum": 1}), "count: minimum is now 1"),
        (changed(id={"type": "string", "maxLength": 10, "pattern": "^x"}), "id: pattern is now ^x"),
        (changed(tags={"type": "array", "items": {"type": "integer"}}), "tags[]: no longer string"),
        (changed(data={"type": "object", "properties": {}}), "data.x: removed"),
    ],
)  # fmt: skip
def test_a_change_that_breaks_a_consumer_is_named(new: dict[str, Any], said: str) -> None:
    assert any(change.startswith(said) for change in breaking_changes(OLD, new)), breaking_changes(OLD, new)


@pytest.mark.parametrize(
    "new",
    [
        OLD,
        changed(new={"type": "string"}),
        changed(kind={"enum": ["a", "b", "c"], "type": "string"}),
        changed(count={"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}),
        changed(id={"type": "string", "description": "now explained"}),
        {**OLD, "description": "now explained"},
        changed(
            data={"type": "object", "properties": {"x": {"type": "integer"}, "y": {}}, "required": ["x"]}
        ),
    ],
)
def test_a_change_that_only_adds_is_free(new: dict[str, Any]) -> None:
    assert breaking_changes(OLD, new) == []


def test_a_type_that_is_gone_and_a_file_that_nobody_generates_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("shared.contracts.FOLDER", tmp_path)
    write()
    assert differences() == ([], [])
    (tmp_path / "banso.intake.resident.vanished.v1.json").write_text("{}")
    (tmp_path / f"{NAMES[0]}.json").unlink()
    stale, breaking = differences()
    assert breaking == ["banso.intake.resident.vanished.v1: the type is gone"]
    assert len(stale) == 2
