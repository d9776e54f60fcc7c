"""On which line of an uploaded text something stands, by its path."""

from collections.abc import Iterable

import yaml


def lines_of(text: str, paths: Iterable[str]) -> list[int]:
    """For each path the line (the first is 1) of its innermost part that is there, e.g. of `programmes.0.conditions.2`; 0 where nothing is.

    `text` is YAML without aliases, or JSON. It is read once, however many paths there are.
    """
    root: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    return [_line(root, path) for path in paths]


def _line(node: yaml.Node | None, path: str) -> int:
    line = 0
    for part in path.split("."):
        found = _below(node, part)
        if found is None:
            break
        mark, node = found
        line = mark.line + 1
    return line


def _below(node: yaml.Node | None, part: str) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark, value) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
        return node.value[int(part)].start_mark, node.value[int(part)]
    return None
