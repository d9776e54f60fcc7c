"""Sealed fields and the secret files they depend on."""

import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.sealing import CannotOpen, Sealer
from shared.secrets import MissingSecret, Secrets, create_missing

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
FIELDS = st.sampled_from(["resident.contacts", "reply.reply_token", "appointments.note"])
TENANTS = st.sampled_from(["kyoto", "kameoka"])


def a_key(folder: Path, name: str) -> None:
    (folder / "data_keys").mkdir(parents=True, exist_ok=True)
    (folder / "data_keys" / name).write_bytes(base64.urlsafe_b64encode(os.urandom(32)))


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    folder = tmp_path_factory.mktemp("secrets")
    for tenant in ("kyoto", "kameoka"):
        create_missing(folder, tenant)
    return Sealer(Secrets(folder))


@given(TENANTS, FIELDS, TEXT)
def test_what_was_sealed_opens_to_the_same_text(sealer: Sealer, tenant: str, field: str, text: str) -> None:
    sealed = sealer.seal(tenant, field, text)
    assert text not in sealed or len(text) < 3
    assert sealer.open(tenant, field, sealed) == text


@given(TENANTS, FIELDS, TENANTS, FIELDS, TEXT)
def test_no_other_tenant_and_no_other_field_can_open_it(
    sealer: Sealer, tenant: str, field: str, other: str, elsewhere: str, text: str
) -> None:
    if (tenant, field) == (other, elsewhere):
        return
    with pytest.raises(CannotOpen):
        sealer.open(other, elsewhere, sealer.seal(tenant, field, text))


@given(st.integers(min_value=0), st.characters(codec="ascii"))
def test_a_changed_value_does_not_open(sealer: Sealer, place: int, letter: str) -> None:
    sealed = sealer.seal("kyoto", "resident.contacts", "someone@example.jp")
    at = place % len(sealed)
    changed = sealed[:at] + letter + sealed[at + 1 :]
    try:
        assert sealer.open("kyoto", "resident.contacts", changed) == "someone@example.jp"
        # only a spelling of the very same bytes may still open: base64 has bits to spare in its last letter
        assert at == len(sealed) - 1 or changed == sealed
    except CannotOpen:
        pass


@given(TEXT)
def test_garbage_is_refused_and_nothing_else_happens(sealer: Sealer, garbage: str) -> None:
    with pytest.raises(CannotOpen):
        sealer.open("kyoto", "resident.contacts", garbage)


def test_the_same_text_is_never_sealed_to_the_same_value(sealer: Sealer) -> None:
    assert len({sealer.seal("kyoto", "appointments.note", "x") for _ in range(50)}) == 50


def test_a_new_key_seals_from_now_on_and_the_old_one_still_opens(tmp_path: Path) -> None:
    a_key(tmp_path / "kyoto", "2026-01")
    sealer = Sealer(Secrets(tmp_path))
    old = sealer.seal("kyoto", "resident.contacts", "before")
    a_key(tmp_path / "kyoto", "2026-02")
    new = sealer.seal("kyoto", "resident.contacts", "after")
    assert (old.split(".")[0], new.split(".")[0]) == ("2026-01", "2026-02")
    assert sealer.open("kyoto", "resident.contacts", old) == "before"
    (tmp_path / "kyoto" / "data_keys" / "2026-01").unlink()
    with pytest.raises(CannotOpen):
        sealer.open("kyoto", "resident.contacts", old)
    assert sealer.open("kyoto", "resident.contacts", new) == "after"


def test_a_key_name_with_a_dot_loses_nothing(tmp_path: Path) -> None:
    a_key(tmp_path / "kyoto", "2026.01")
    sealer = Sealer(Secrets(tmp_path))
    assert sealer.open("kyoto", "f", sealer.seal("kyoto", "f", "kept")) == "kept"


def test_a_tenant_without_a_key_can_neither_seal_nor_open(tmp_path: Path) -> None:
    sealer = Sealer(Secrets(tmp_path))
    with pytest.raises(MissingSecret):
        sealer.seal("kyoto", "f", "x")
    with pytest.raises(MissingSecret):
        sealer.open("kyoto", "f", "k1.AAAA.AAAA")


def test_made_secrets_are_for_the_owner_only_and_are_never_made_twice(tmp_path: Path) -> None:
    made = create_missing(tmp_path, "kyoto")
    assert set(made) == {
        "session_key",
        "data_keys/k1",
        "line_channel_secret",
        "line_access_token",
        "join_hook_secret",
    }
    before = {name: (tmp_path / "kyoto" / name).read_text() for name in made}
    assert create_missing(tmp_path, "kyoto") == []
    for name in made:
        path = tmp_path / "kyoto" / name
        assert path.read_text() == before[name]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_secrets_of_two_tenants_differ(tmp_path: Path) -> None:
    create_missing(tmp_path, "kyoto")
    create_missing(tmp_path, "kameoka")
    secrets = Secrets(tmp_path)
    for name in ("session_key", "line_channel_secret", "line_access_token"):
        assert secrets.text("kyoto", name) != secrets.text("kameoka", name)
    assert secrets.data_keys("kyoto") != secrets.data_keys("kameoka")


def test_a_changed_secret_is_seen_at_the_next_use(tmp_path: Path) -> None:
    path = tmp_path / "kyoto" / "session_key"
    path.parent.mkdir()
    path.write_text("first\n")
    os.utime(path, ns=(1, 1))
    secrets = Secrets(tmp_path)
    assert secrets.text("kyoto", "session_key") == "first"
    path.write_text("second\n")
    os.utime(path, ns=(2, 2))
    assert secrets.text("kyoto", "session_key") == "second"


@pytest.mark.parametrize("ask", [lambda s: s.text("kyoto", "session_key"), lambda s: s.data_keys("kyoto")])
def test_a_missing_secret_is_named_without_any_content(
    tmp_path: Path, ask: Callable[[Secrets], object]
) -> None:
    with pytest.raises(MissingSecret, match="kyoto"):
        ask(Secrets(tmp_path))


def test_a_fingerprint_is_the_same_for_the_same_text_of_one_tenant_and_field_alone(tmp_path: Path) -> None:
    for tenant in ("kyoto", "kameoka"):
        create_missing(tmp_path, tenant)
    seal = Sealer(Secrets(tmp_path)).fingerprint
    known = seal("kyoto", "a.b", "text")
    assert known == seal("kyoto", "a.b", "text")
    others = {seal("kameoka", "a.b", "text"), seal("kyoto", "a.c", "text"), seal("kyoto", "a.b", "texts")}
    assert known not in others and len(others) == 3
