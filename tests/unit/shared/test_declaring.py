"""Reading declarations: everything is checked before anything is used, and what is wrong is named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.declare import read
from shared.errors import Invalid
from shared.pools import Pool
from tests.harness import a_pool, a_tenant


def write(file: Path, *resources: dict[str, Any]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(yaml.safe_dump_all(resources, allow_unicode=True), encoding="utf-8")
    return file


def a_document(name: str, **spec: Any) -> dict[str, Any]:
    document: dict[str, Any] = a_tenant(name, **spec).model_dump(mode="json", by_alias=True)
    return document


def refusal(*paths: Path) -> Invalid:
    with pytest.raises(Invalid) as caught:
        read(list(paths))
    return caught.value


def test_files_and_folders_are_read_with_several_resources_in_one_file(tmp_path: Path) -> None:
    write(tmp_path / "all" / "two.yaml", a_document("kyoto"), a_document("kameoka"))
    write(tmp_path / "all" / "deeper" / "one.yaml", a_document("uji"))
    single = write(tmp_path / "nara.yml", a_document("nara"))
    assert {r.id for r in read([tmp_path / "all", single])} == {"kyoto", "kameoka", "uji", "nara"}


def test_a_wrong_field_is_named_with_its_file(tmp_path: Path) -> None:
    document = a_document("kyoto")
    document["spec"]["quotas"]["requests_per_minute"] = 1
    wrong = write(tmp_path / "b.yaml", document)
    right = write(tmp_path / "a.yaml", a_document("kameoka"))
    error = refusal(right, wrong)
    assert error.field == f"{wrong}: spec.quotas.requests_per_minute"
    assert "greater than or equal to 10" in error.detail


@pytest.mark.parametrize("content", ["kind: Town", "- 1", "text", "kind: null", "kind: [Tenant]"])
def test_a_resource_of_no_known_kind_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(content)
    assert refusal(file).field == f"{file}: kind"


@pytest.mark.parametrize("content", [b"a: [", b"a: \xff\xfe", b"!!python/object/apply:os.getcwd []"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.yaml"
    file.write_bytes(content)
    assert refusal(file).field == str(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.yaml").field == str(tmp_path / "none.yaml")


def test_two_municipalities_cannot_have_the_same_host(tmp_path: Path) -> None:
    first = write(tmp_path / "a.yaml", a_document("kyoto", hosts=["one.localhost"]))
    second = write(tmp_path / "b.yaml", a_document("kameoka", hosts=["two.localhost", "one.localhost"]))
    error = refusal(first, second)
    assert error.field == f"{second}: spec.hosts"
    assert error.detail == "one.localhost belongs to kyoto and to kameoka"


def test_the_same_municipality_is_not_declared_twice(tmp_path: Path) -> None:
    first = write(tmp_path / "a.yaml", a_document("kyoto"))
    second = write(tmp_path / "b.yaml", a_document("kyoto"))
    assert refusal(first, second).field == f"{second}: metadata.name"
    both = write(tmp_path / "c.yaml", a_document("uji"), a_document("uji"))
    assert refusal(both).field == f"{both}: metadata.name"


def a_pool_document(name: str = "sample-pool", *members: dict[str, Any], **spec: Any) -> dict[str, Any]:
    document: dict[str, Any] = a_pool(name, *members, **spec).model_dump(mode="json", by_alias=True)
    return document


def test_a_pool_is_read_with_its_members_in_minutes(tmp_path: Path) -> None:
    member = {"tenant": "kyoto", "quota_hours": 7.5, "floor_hours": 1, "borrow": True}
    (pool,) = read([write(tmp_path / "a.yaml", a_pool_document("sample-pool", member))])
    assert isinstance(pool, Pool)
    (found,) = pool.spec.members
    assert (found.quota, found.floor, found.borrow, pool.spec.release_days) == (450, 60, True, 7)
    assert pool.member("kyoto") is found and pool.member("kameoka") is None


def test_a_pool_has_no_name_of_a_municipality(tmp_path: Path) -> None:
    first = write(tmp_path / "a.yaml", a_document("kyoto"))
    second = write(tmp_path / "b.yaml", a_pool_document("kyoto"))
    error = refusal(first, second)
    assert (error.field, error.detail) == (
        f"{second}: metadata.name",
        "kyoto is the name of a Tenant already",
    )


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ([{"tenant": "kyoto", "quota_hours": 1, "floor_hours": 2}], "spec.members.0"),
        ([{"tenant": "kyoto", "quota_hours": 1}] * 2, "spec"),
        ([], "spec.members"),
    ],
    ids=["a floor above the quota", "a member twice", "nobody"],
)
def test_a_pool_that_cannot_be_is_refused(tmp_path: Path, members: list[Any], field: str) -> None:
    document = a_pool_document()
    document["spec"]["members"] = members
    file = write(tmp_path / "a.yaml", document)
    assert refusal(file).field.startswith(f"{file}: {field}")
