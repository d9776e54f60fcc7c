"""Declared tenants and keys: what is admitted, and what is refused with a reason."""

import csv
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.tenancy import SCOPES, ApiKey, Tenant, check_municipality_code
from tests.harness import a_tenant, check_digit


def real_codes() -> list[str]:
    """6-digit codes of local governments from a folder of public data, named by BANSO_TEST_DATA."""
    file = Path(os.environ.get("BANSO_TEST_DATA", "/nowhere")) / "codes" / "localgovjp-utf8.csv"
    if not file.is_file():
        pytest.skip("BANSO_TEST_DATA names no folder with codes/localgovjp-utf8.csv")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [row["lgcode"] for row in csv.DictReader(lines) if len(row["lgcode"]) == 6]


def test_the_codes_of_real_municipalities_pass() -> None:
    codes = real_codes()
    assert len(codes) > 1700
    assert [check_municipality_code(code) for code in codes] == codes


# 札幌市, 函館市, 横浜市, 京都市, 大阪市, 那覇市: the check digits that 総務省 publishes
@pytest.mark.parametrize("code", ["011002", "012025", "141003", "261009", "271004", "472018"])
def test_a_published_code_passes_and_any_other_check_digit_does_not(code: str) -> None:
    assert check_municipality_code(code) == code
    for digit in set("0123456789") - {code[-1]}:
        with pytest.raises(ValueError, match="check digit"):
            check_municipality_code(code[:5] + digit)


@given(st.integers(0, 99999), st.integers(0, 4), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed(five: int, place: int, by: int) -> None:
    code = check_digit(f"{five:05d}")
    assume(code[5] != "1")  # the only digit that stands for two remainders, 0 and 10
    slipped = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    with pytest.raises(ValueError, match="check digit"):
        check_municipality_code(slipped)


@pytest.mark.parametrize("code", ["", "26100", "2610099", "26100a", "２６１００９", "٢٦١٠٠٩", "261009\n"])
def test_a_code_has_six_plain_digits(code: str) -> None:
    with pytest.raises(ValueError, match="6 digits"):
        check_municipality_code(code)


@pytest.mark.parametrize("name", ["kyoto", "a-1", "kyoto-city-2", "x" * 32])
def test_tenant_ids_that_fit(name: str) -> None:
    assert a_tenant(name).id == name


@pytest.mark.parametrize(
    "name", ["", "ab", "Kyoto", "kyoto_city", "-kyoto", "kyoto-", "京都市", "x" * 33, "a.b", "kyoto\n"]
)
def test_tenant_ids_that_do_not_fit(name: str) -> None:
    with pytest.raises(ValidationError):
        a_tenant(name)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": []},
        {"time_zone": "Europe/Paris"},
        {"neighbouring_areas": ["990018"]},
        {"booking": {"cell_minutes": 7}},
        {"quotas": {"requests_per_minute": 0}},
        {"retention": {"consultations": 1}},
        {"retention": {"work": 365}},
        {"agencies": [{"id": "Not An Id", "name": "x"}]},
        {"unheard_of": True},
    ],
)
def test_a_spec_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_tenant("kyoto", **wrong)


def test_a_declaration_travels_through_yaml_and_json_unchanged() -> None:
    tenant = a_tenant("kyoto", quiet_hours={"start": "21:30", "end": "07:00"}, neighbouring_areas=["990027"])
    text = tenant.model_dump_json(by_alias=True)
    assert Tenant.model_validate_json(text) == tenant
    assert Tenant.model_validate(yaml.safe_load(yaml.safe_dump(yaml.safe_load(text)))) == tenant


@pytest.mark.parametrize(
    ("public", "url"),
    [
        ("http://localhost:8080", "http://kyoto.example.jp:8080/intake/chat"),
        ("https://banso.example.jp", "https://kyoto.example.jp/intake/chat"),
    ],
)
def test_a_page_address_has_the_tenants_host_and_the_gateways_scheme_and_port(public: str, url: str) -> None:
    assert (
        a_tenant("kyoto", hosts=["kyoto.example.jp", "www.example.jp"]).page_url(public, "/intake/chat")
        == url
    )


def an_api_key(**spec: Any) -> ApiKey:
    fields = {"tenant": "kyoto", "name": "test", "sha256": "0" * 64, "scopes": ["residents:read"], **spec}
    return ApiKey.model_validate({"kind": "ApiKey", "metadata": {"name": "abcdefgh2345"}, "spec": fields})


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"scopes": ["residents:read", "everything"]}, "unknown scopes: everything"),
        ({"scopes": ["referrals:respond"]}, "names its agency"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"tenant": "No"}, "tenant"),
        ({"keyKind": "forever"}, "keyKind"),
    ],
)
def test_a_key_that_cannot_be_is_refused(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        an_api_key(**spec)


def test_a_key_may_have_every_scope_with_its_agency_and_its_last_day() -> None:
    key = an_api_key(scopes=list(SCOPES), agency="sample-agency", expires="2026-12-31")
    assert (key.spec.expires, key.spec.agency) == (date(2026, 12, 31), "sample-agency")
