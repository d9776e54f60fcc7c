from services.notify.app import compose
from services.notify.settings import Settings
from services.notify.store import COLLECTIONS
from shared.process import run

if __name__ == "__main__":
    run("notify", Settings(), COLLECTIONS, compose)
