"""What residents answer about their household and income serves the guide to support programmes alone: what proposes, sends or assigns work
cannot reach it, directly or through anything that it imports."""

import ast
from pathlib import Path

import pytest

from tests.contract.test_layers import ROOT, imports

MATCHING = ROOT / "services" / "matching"
APART = ("services.matching.support", "services.matching.store.support", "services.matching.guiding")
MAY = {
    "app",
    "guiding",
    "pages.staff_support",
    "pages.support",
    "routes.support",
    "routes.support_views",
    "store.support",
}
"""Who may know of it: the guide itself and its composition. `store` names the collections, and nothing else of it."""


def name_of(path: Path) -> str:
    parts = path.relative_to(MATCHING).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(MATCHING.rglob("*.py"))}


def reaches(imported: str) -> bool:
    return any(imported == one or imported.startswith(f"{one}.") for one in APART)


@pytest.mark.parametrize("name", [n for n in MODULES if n not in MAY and not n.startswith("support")])
def test_nothing_but_the_guide_knows_of_the_answers(name: str) -> None:
    found = [imported for imported in imports(MODULES[name]) if reaches(imported)]
    if name == "store":  # it lists every collection and how long each is kept
        tree = ast.parse(MODULES[name].read_text("utf-8"))
        taken = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and reaches(node.module)
            for alias in node.names
        }
        assert taken == {"COLLECTIONS", "KEPT"}
    else:
        assert found == []


def test_the_store_that_proposing_is_given_holds_nothing_of_it() -> None:
    from services.matching.store import Store

    assert not any("support" in field.lower() for field in Store.__dataclass_fields__)


def test_the_guide_knows_nothing_of_offers_either() -> None:
    forbidden = (
        "offer",
        "slate",
        "market",
        "seeker",
        "proposing",
        "engine",
        "sending",
        "recommending",
        "scoring",
    )
    for name in ("guiding", "store.support", *(n for n in MODULES if n.startswith("support"))):
        for imported in imports(MODULES[name]):
            parts = imported.removeprefix("services.matching.").split(".")
            assert parts[0] not in forbidden, (name, imported)


def test_no_module_reads_the_collection_of_answers_by_its_name() -> None:
    for name, path in MODULES.items():
        if name != "store.support":
            assert "support_answers" not in path.read_text("utf-8").replace(
                "retention.support_answers", ""
            ), name
