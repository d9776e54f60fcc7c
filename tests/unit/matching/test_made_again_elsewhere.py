"""A slate is made again to the bit in another process, whatever its number of threads and the seed of its hashes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.matching.engine.exposure import Seen
from services.matching.engine.interactions import DEEDS, Interaction, gather
from services.matching.engine.logistic import Logistic
from services.matching.engine.model import fit
from services.matching.hours import Window
from services.matching.policy import Policy
from services.matching.questionnaire import Wishes
from services.matching.shelf import Shelf
from services.matching.slate import Slate, propose
from services.matching.snapshot import PARTS
from services.matching.values import CALLINGS, SCALES, Profile
from tests.unit.matching.builders import HOME, NEIGHBOUR, NOW, a_seeker, an_offer
from tests.unit.matching.made_again import as_stored
from tests.unit.matching.test_whole_score import circumstances

OFFERS = 600


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Slate]:
    """Everything is on, and every number is a long one."""
    random = np.random.default_rng(11)
    shelf = Shelf(
        an_offer(
            f"ofr_{n:03}",
            company_id=f"com_{n % 40}",
            municipality_code=(HOME, NEIGHBOUR)[n % 2],
            hours=(Window((0, 1, 2), 480 + int(random.integers(200)), 1100),),
            values={scale: float(random.random()) for scale in SCALES},
            interests={calling: float(random.random()) for calling in CALLINGS},
            tags=("夜", "在宅")[: n % 3],
        )
        for n in range(OFFERS)
    )
    done = [
        Interaction(f"res_{random.integers(80)}", f"ofr_{random.integers(OFFERS):03}", DEEDS[n % 5], NOW)
        for n in range(4000)
    ]
    model = fit(gather(done, NOW), Logistic({"values": 0.1234567, "hours": -0.7654321}, 9))
    assert model is not None
    seeker = a_seeker(
        profile=Profile({scale: float(random.random()) for scale in SCALES}),
        callings={calling: float(random.random()) for calling in CALLINGS},
        wishes=Wishes(hours=(Window((0, 1, 2, 3), 500, 1200),), wage_floor=999, skills=("夜",)),
        history={f"ofr_{n:03}": float(random.random()) * 8 for n in range(0, 60, 3)},
    )
    seen = {f"com_{n}": Seen(15, float(random.random()) * 9, float(n % 4)) for n in range(30)}
    columns = shelf.columns
    given = circumstances(list(shelf.offers), Policy(True, 800, 150, True), seen)
    slate, _ = propose(
        "slt_far", seeker, columns, 12, NOW, replace(given, model=model), columns.snapshot().hash
    )
    folder = tmp_path_factory.mktemp("kept")
    (folder / "slate").write_bytes(as_stored(slate))
    (folder / "model").write_bytes(model.canonical)
    for number in range(PARTS):
        (folder / f"part{number}").write_bytes(columns.part(number))
    return folder, slate


@pytest.mark.parametrize("threads", ["1", "2"])
def test_another_process_makes_the_same_slate(kept: tuple[Path, Slate], threads: str) -> None:
    folder, slate = kept
    ran = subprocess.run(
        [sys.executable, "-m", "tests.unit.matching.made_again", str(folder)],
        env={
            **os.environ,
            "OPENBLAS_NUM_THREADS": threads,
            "OMP_NUM_THREADS": threads,
            "PYTHONHASHSEED": threads,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == f"Replay(slate_id={slate.id!r}, whole=True, differences=())"
    assert {term.code.partition(".")[0] for p in slate.proposals for term in p.terms} >= {
        "values", "interests", "hours", "area", "wage", "skills", "learned", "reciprocal", "exposure",
    }  # fmt: skip
