"""The keys of staff tokens at an OpenID provider: fetched beside the requests, kept while it is away."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared import staff_keys
from shared.errors import Unavailable
from shared.keys import create_issuer
from shared.staff_keys import StaffKeys
from tests.harness import eventually


class Provider:
    """Answers what `document` holds; without one it is away."""

    def __init__(self, folder: Path) -> None:
        create_issuer(folder)
        self.real = json.loads((folder / "jwks.json").read_text())
        self.document: Any = None
        self.asked = 0

    async def fetch(self, _: str) -> Any:
        self.asked += 1
        if self.document is None:
            raise TimeoutError
        return self.document

    def called(self, key_id: str) -> dict[str, Any]:
        return {"keys": [{**self.real["keys"][0], "kid": key_id}]}


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    return Provider(tmp_path)


@pytest.fixture
async def keys(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StaffKeys]:
    monkeypatch.setattr(staff_keys, "ASK_AT_MOST_EVERY", 0.01)
    following = StaffKeys("https://provider.example/jwks", provider.fetch)
    stop = asyncio.Event()
    task = asyncio.create_task(following.follow(stop))
    yield following
    stop.set()
    await task


def knows(keys: StaffKeys, key_id: str) -> bool:
    try:
        return keys.key(key_id) is not None
    except (KeyError, Unavailable):
        return False


async def test_before_any_key_is_known_nobody_is_called_a_stranger(
    provider: Provider, keys: StaffKeys
) -> None:
    with pytest.raises(Unavailable):
        keys.key("one")
    provider.document = provider.called("one")

    async def known() -> bool:
        return knows(keys, "one")

    assert await eventually(known)


@pytest.mark.parametrize("answer", [None, [], {"keys": []}, {"keys": "?"}, "no keys"])
async def test_a_provider_that_is_away_or_confused_locks_nobody_out(
    provider: Provider, keys: StaffKeys, answer: Any
) -> None:
    async def asked_about_one() -> bool:
        return knows(keys, "one")

    provider.document = provider.called("one")
    await eventually(asked_about_one)
    provider.document, before = answer, provider.asked

    async def asked() -> int:
        knows(keys, "unknown")
        return provider.asked

    await eventually(asked, until=lambda times: times > before + 1)
    assert knows(keys, "one")


async def test_a_new_key_is_found_by_the_first_token_that_names_it(
    provider: Provider, keys: StaffKeys
) -> None:
    provider.document = provider.called("one")

    async def old() -> bool:
        return knows(keys, "one")

    await eventually(old)
    provider.document = provider.called("two")

    async def new() -> bool:
        return knows(keys, "two")

    assert await eventually(new)
    assert not knows(keys, "one")


async def test_made_up_key_ids_call_nobody_while_they_are_looked_for(provider: Provider) -> None:
    keys = StaffKeys("https://provider.example/jwks", provider.fetch)
    provider.document = provider.called("one")
    stop = asyncio.Event()
    task = asyncio.create_task(keys.follow(stop))

    async def known() -> bool:
        return knows(keys, "one")

    await eventually(known)
    for n in range(100):
        assert not knows(keys, f"made-up-{n}")
        await asyncio.sleep(0)
    assert provider.asked == 1
    stop.set()
    await task
