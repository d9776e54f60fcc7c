"""On which line of an uploaded text something stands, by its path."""

import yaml


def line_of(text: str, path: str) -> int:
    """The line (the first is 1) of the innermost part of `path` that is there, e.g. of `programmes.0.conditions.2`; 0 where nothing is.

    `text` is YAML without aliases, or JSON.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
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
