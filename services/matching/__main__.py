"""`python -m services.matching api|worker|all`."""

from services.matching.app import compose
from services.matching.settings import Settings
from services.matching.store import COLLECTIONS
from shared.process import run

if __name__ == "__main__":
    run("matching", Settings(), COLLECTIONS, compose)
