"""May a contract become another without breaking whoever relies on it? Two JSON Schemas (draft-07) compared."""

import json
from typing import Any

Schema = dict[str, Any]

BOUNDS = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), 1),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), -1),
}
"""Whether a bound admits less when it grows (1) or when it shrinks (-1)."""


def breaking_changes(old: Schema, new: Schema, path: str = "") -> list[str]:
    """What in `new` breaks those who rely on `old`; empty when it only adds.

    Breaking: a property is gone, is no longer always there, or is newly required (what the log keeps would not fit); a type, a
    list of codes, a pattern, format or bound admits less than before, or another thing. Adding: optional properties, codes, types.
    """
    old, new = _plain(_inlined(old)), _plain(_inlined(new))
    found = [f"{path or 'the event'}: {what}" for what in _narrowed(old, new)]
    before, after = old.get("properties", {}), new.get("properties", {})
    found += [f"{_at(path, name)}: removed" for name in before if name not in after]
    was, required = set(old.get("required", ())), set(new.get("required", ()))
    found += [f"{_at(path, name)}: newly required" for name in sorted(required - was)]
    found += [
        f"{_at(path, name)}: no longer always there" for name in sorted(was - required) if name in after
    ]
    for name in before:
        if name in after:
            found += breaking_changes(before[name], after[name], _at(path, name))
    if "items" in old:
        found += breaking_changes(old["items"], new.get("items", {}), f"{path}[]")
    return found


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _inlined(schema: Schema) -> Schema:
    """The schema with its own definitions put in place of the references to them."""
    definitions: Schema = schema.get("definitions", {})

    def inline(part: Any) -> Any:
        if isinstance(part, list):
            return [inline(item) for item in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inline(definitions[part["$ref"].rpartition("/")[2]])
        return {key: inline(value) for key, value in part.items()}

    whole: Schema = inline({key: value for key, value in schema.items() if key != "definitions"})
    return whole


def _narrowed(old: Schema, new: Schema) -> list[str]:
    found = []
    if lost := _types(old) - _types(new):
        found.append(f"no longer {' or '.join(sorted(lost))}")
    if (codes := _codes(new)) is not None and (lost_codes := (_codes(old) or {"anything else"}) - codes):
        found.append(f"no longer {', '.join(sorted(lost_codes))}")
    for bound, tighter in BOUNDS.items():
        if bound in new and (bound not in old or (new[bound] - old[bound]) * tighter > 0):
            found.append(f"{bound} is now {new[bound]}")
    found += [
        f"{key} is now {new[key]}" for key in ("pattern", "format") if key in new and new[key] != old.get(key)
    ]
    return found


def _plain(schema: Schema) -> Schema:
    """`anyOf` a schema or null as that schema with two types."""
    branches = [branch for branch in schema.get("anyOf", ()) if branch != {"type": "null"}]
    if len(branches) != 1:
        return schema
    return {**branches[0], "type": sorted({*_types(branches[0]), "null"})}


def _types(schema: Schema) -> set[str]:
    """The JSON types that a schema names."""
    if "anyOf" in schema:
        return set().union(*(_types(branch) for branch in schema["anyOf"]))
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds)


def _codes(schema: Schema) -> set[str] | None:
    """The values admitted, where they are listed."""
    if "const" in schema:
        return {json.dumps(schema["const"])}
    return {json.dumps(code) for code in schema["enum"]} if "enum" in schema else None
