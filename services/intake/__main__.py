from services.intake.app import compose
from services.intake.settings import Settings
from services.intake.store import COLLECTIONS
from shared.process import run

if __name__ == "__main__":
    run("intake", Settings(), COLLECTIONS, compose)
