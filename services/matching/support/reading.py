"""From an uploaded text to a rule set: YAML, or JSON, which is a part of it. What is wrong is named by its path, at most TOLD places at once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import yaml
from pydantic import ValidationError

from services.matching.support.checking import Fault, faults_of
from services.matching.support.places import lines_of
from services.matching.support.rules import Rules

LARGEST: Final = 256 * 1024
DEEPEST: Final = 40
TOLD: Final = 50
_NOISE: Final = frozenset({"too_short"})
MESSAGES: Final[Mapping[str, Mapping[str, str]]] = {
    "nothing": {"ja": "ファイルを選ぶか、決まりを貼ってください", "en": "there is nothing"},
    "not_text": {"ja": "UTF-8 の文章として読めません", "en": "not readable as UTF-8 text"},
    "too_large": {"ja": "大きすぎます（256 KB まで）", "en": "larger than 256 KB"},
    "not_yaml": {
        "ja": "YAML か JSON として読めません（{line}行目）",
        "en": "neither YAML nor JSON (line {line})",
    },
    "alias": {
        "ja": "YAML の別名（*）は使えません（{line}行目）",
        "en": "YAML aliases are not accepted (line {line})",
    },
    "too_deep": {"ja": "入れ子が深すぎます", "en": "nested too deeply"},
    "key_twice": {"ja": "同じ項目「{key}」が二つあります", "en": "the key {key!r} is there twice"},
    "more": {"ja": "ほかに{count}か所あります", "en": "{count} more places are wrong"},
    "form": {"ja": "この形の式はありません", "en": "no such form of expression"},
    "twice": {"ja": "「{id}」は前にもあります", "en": "{id!r} is there already"},
    "not_needed": {
        "ja": "「{id}」を使う条件がありません。必要のないことは聞きません",
        "en": "no condition needs {id!r}: nothing is asked that is not needed",
    },
    "too_many_limits": {
        "ja": "比べる式と表の行が{count}あります。{most}までにしてください",
        "en": "{count} comparisons and rows of tables; {most} at most",
    },
    "no_range": {"ja": "lowest より大きくしてください", "en": "must be more than lowest"},
    "held_or_flowing": {
        "ja": "資産と預貯金は at_one_time、そのほかの金額は month か year にしてください",
        "en": "assets and savings are at_one_time, every other amount per month or year",
    },
    "ends_before": {"ja": "valid_from より後の日にしてください", "en": "is before valid_from"},
    "unknown_fact": {"ja": "facts に「{id}」がありません", "en": "there is no fact {id!r}"},
    "other_use": {
        "ja": "「{id}」（{ask}）は、ここでは使えません",
        "en": "{id!r} ({ask}) cannot be used here",
    },
    "unknown_option": {"ja": "選択肢に「{id}」がありません", "en": "there is no option {id!r}"},
    "more_than_there_are": {"ja": "条件は{count}個しかありません", "en": "there are only {count} of them"},
    "mixed_kinds": {
        "ja": "種類のちがうものは、比べたり足したりできません：{one} と {other}",
        "en": "different kinds can neither be compared nor added: {one} and {other}",
    },
    "never_added": {
        "ja": "足したり倍にしたりできません：{one}",
        "en": "can be neither added nor multiplied: {one}",
    },
    "not_rising": {"ja": "前の行より大きくしてください", "en": "must be more than in the row before"},
}


class Faulty(Exception):
    """The rule set cannot be used. `faults` are as they were found, never empty; `more` of them are not told one by one."""

    def __init__(self, faults: list[Fault], more: int = 0) -> None:
        super().__init__(faults[0].path)
        self.faults = faults
        self.more = more


def message_of(fault: Fault, language: str) -> str:
    """What is wrong, in `ja` or `en`; what pydantic says has only its own words."""
    texts = MESSAGES.get(fault.code)
    return texts[language].format(**fault.facts) if texts else str(fault.facts.get("message", fault.code))


def read_rules(body: bytes) -> Rules:
    """The rule set. Raises Faulty."""
    text = _text(body)
    try:
        rules = Rules.model_validate(_plain(text))
    except ValidationError as error:
        raise _placed(text, _of_form(error)) from error
    if faults := faults_of(rules):
        raise _placed(text, faults)
    return rules


def write_rules(rules: Rules) -> str:
    """The canonical text, from which `restored` makes the same rule set."""
    return json.dumps(
        rules.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        ensure_ascii=False,
        sort_keys=True,
    )


def restored(text: str) -> Rules:
    """A rule set that was checked before it was kept."""
    return Rules.model_validate_json(text)


class _Loader(yaml.CSafeLoader):
    """Refuses what YAML would silently overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise Faulty([Fault("", "key_twice", {"key": str(key.value)[:60]}, line)])
            seen.add(key.value if isinstance(key.value, str) else repr(key.value))
        return super().construct_mapping(node, deep)


def _text(body: bytes) -> str:
    if len(body) > LARGEST:
        raise Faulty([Fault("", "too_large")])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Faulty([Fault("", "not_text")]) from error
    if not text.strip():
        raise Faulty([Fault("", "nothing")])
    return text


def _placed(text: str, faults: list[Fault]) -> Faulty:
    told = faults[:TOLD]
    lines = lines_of(text, [fault.path for fault in told])
    placed = [replace(fault, line=line) for fault, line in zip(told, lines, strict=True)]
    return Faulty(placed, more=len(faults) - len(told))


def _plain(text: str) -> Any:
    try:
        _check_events(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Faulty([Fault("", "not_yaml", {"line": mark.line + 1 if mark else 1})]) from error
    except (ValueError, TypeError, OverflowError) as error:  # a date such as 2026-02-30, a key that is a list
        raise Faulty([Fault("", "not_yaml", {"line": 1})]) from error


def _check_events(text: str) -> None:
    """Before anything is built: aliases can make a small text an enormous tree."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise Faulty([Fault("", "alias", {"line": line})])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise Faulty([Fault("", "too_deep")])


def _of_form(error: ValidationError) -> list[Fault]:
    """Errors as pydantic found them, at paths of the text itself, without those that only follow from others."""
    found: dict[str, Fault] = {}
    for one in error.errors(include_url=False, include_input=False):
        path = ".".join(str(part) for part in one["loc"] if not _of_model(part))
        if one["type"].startswith("union_tag"):
            fault = Fault(path, "form")
        elif one["type"] == "value_error":
            fault = Fault(f"{path}.per", "held_or_flowing")
        else:
            fault = Fault(path, one["type"], {"message": one["msg"], "context": one.get("ctx", {})})
        found.setdefault(path, fault)
    above = {".".join(parts[:end]) for parts in map(_parts, found) for end in range(1, len(parts))}
    return [fault for path, fault in found.items() if not (fault.code in _NOISE and path in above)]


def _parts(path: str) -> list[str]:
    return path.split(".")


def _of_model(part: str | int) -> bool:
    """Whether a part of a location is the name of a form, and no key of the text."""
    return isinstance(part, str) and (part.startswith("<") or "[" in part)
