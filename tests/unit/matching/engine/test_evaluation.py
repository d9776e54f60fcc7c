"""The evaluation harness, on small data made for it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.eval_matching.contenders import Choices, contenders, judged, task_of
from tests.eval_matching.reading import Row, Unreadable, find, read
from tests.unit.matching.engine.made import taste_matrix


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four tastes; every fifth deed of a person is what is to be found."""
    cells = np.argwhere(taste_matrix(7, 120, 60, deeds=10).toarray())
    train, test = (
        [f"u{u},i{i},5,{1_700_000_000 + n}" for n, (u, i) in enumerate(cells) if (n % 5 == 0) is found]
        for found in (False, True)
    )
    (tmp_path / "train.csv").write_text("user,item,rating,time\n" + "\n".join(train), "utf-8")
    (tmp_path / "test.csv").write_text("user,item,rating,time\n" + "\n".join(test), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("1::2::4::978300760\n", Row("1", "2", 4.0, 978300760.0)),
        ("user_id:token\titem_id:token\n7\t8\n", Row("7", "8", 1.0, None)),
        ("a;b;3;1970-01-02T00:00:00\n", Row("a", "b", 3.0, 86400.0)),
        ("\ufeffa,b\n\n", Row("a", "b", 1.0, None)),
        ("u1 i1 0.5\n", Row("u1", "i1", 0.5, None)),
    ],
)
def test_the_usual_forms_are_read(tmp_path: Path, text: str, row: Row) -> None:
    path = tmp_path / "train.dat"
    path.write_text(text, "utf-8")
    assert read(find(tmp_path, "train")) == [row]
    assert read(path, least=row.rating + 1) == []


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no test file"):
        find(tmp_path, "test")
    (tmp_path / "test.csv").write_text("a,b\nonly-one\n", "utf-8")
    with pytest.raises(Unreadable, match=r"test\.csv, line 2"):
        read(tmp_path / "test.csv")


def test_models_beat_popularity_where_people_have_tastes_and_nothing_known_is_proposed(folder: Path) -> None:
    task = task_of(read(find(folder, "train")), read(find(folder, "test")))
    found = {
        name: judged(task, fit(), 10, task.faded if name == "production blend" else None)
        for name, fit in contenders(task, Choices(ridge=20)).items()
    }
    for name in ("item-kNN", "RP3beta", "EASE", "production blend"):
        assert found[name].ndcg > 1.3 * found["popularity"].ndcg, name
        assert found[name].gini < found["popularity"].gini
    assert all(not set(wanted) & set(task.x[[user]].indices) for user, wanted in task.relevant.items())


def test_the_table_has_a_line_for_every_model(folder: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.eval_matching", str(folder), "--k", "5"],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = ran.stdout.splitlines()
    assert lines[0].startswith("120 users, 60 items")
    assert lines[1].split() == ["P@5", "R@5", "NDCG@5", "coverage", "Gini", "fit", "s"]
    assert [row[:18].strip() for row in lines[2:]] == [
        "popularity",
        "item-kNN",
        "RP3beta",
        "EASE",
        "production blend",
    ]
    wrong = subprocess.run(
        [sys.executable, "-m", "tests.eval_matching", str(folder / "none")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (wrong.returncode, "no train file" in wrong.stderr) == (2, True)
