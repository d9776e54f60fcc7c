from services.booking.app import compose
from services.booking.settings import Settings
from services.booking.store import COLLECTIONS
from shared.process import run

if __name__ == "__main__":
    run("booking", Settings(), COLLECTIONS, compose)
