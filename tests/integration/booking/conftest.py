from collections.abc import AsyncIterator

import pytest

from tests.harness import Harness
from tests.integration.booking.desk import Desk, open_desk


@pytest.fixture
async def desk(harness: Harness) -> AsyncIterator[Desk]:
    """Booking for two municipalities; after every test its calendars are recomputed from its appointments."""
    made = await open_desk(harness)
    yield made
    assert await made.findings() == []
