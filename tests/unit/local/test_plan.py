"""What `make up` means under different environments, and what the gateway is told."""

from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from deploy.local.declared import PARTNER_SCOPES, STAFF_SCOPES, Materials, sample_tenants
from deploy.local.gateway import PROBLEM_TYPE, Link, write_gateway
from deploy.local.plan import Plan, server_specs, service_specs, stand_in_specs
from deploy.local.ports import Ports
from deploy.local.preflight import without_password
from shared.http.problems import BASE
from shared.keys import hash_of


def test_the_defaults_are_the_documented_ports() -> None:
    plan = Plan.from_environment({})
    assert plan.ports == Ports()
    assert (plan.gateway, plan.nats) == ("http://localhost:8080", "nats://127.0.0.1:8142")
    assert len(set(asdict(plan.ports).values())) == len(asdict(plan.ports))


def test_a_port_can_be_moved_by_the_environment() -> None:
    plan = Plan.from_environment({"BANSO_PORT_GATEWAY": "9080"})
    assert plan.environment()["BANSO_PUBLIC_URL"] == "http://localhost:9080"


def test_a_port_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="high"):
        Plan.from_environment({"BANSO_PORT_GATEWAY": "high"})


def test_servers_named_in_the_environment_are_not_started() -> None:
    plan = Plan.from_environment(
        {"BANSO_MONGO_URL": "mongodb://db.example", "BANSO_NATS_URL": "nats://q.example"}
    )
    assert server_specs(plan) == []
    assert all(spec.env["BANSO_MONGO_URL"] == "mongodb://db.example" for spec in service_specs(plan))
    assert [spec.name for spec in server_specs(Plan.from_environment({}))] == ["nats", "mongo"]


def test_the_mock_line_answers_for_every_tenant_with_its_own_bot(tmp_path: Path) -> None:
    tenants = sample_tenants()
    line = stand_in_specs(Plan(tmp_path), tenants)[0]
    channels = [line.argv[n + 1] for n, word in enumerate(line.argv) if word == "--channel"]
    assert len(channels) == len(tenants)
    for tenant, channel in zip(tenants, channels, strict=True):
        assert tenant.spec.line is not None
        assert f"tenant={tenant.id}," in channel
        assert channel.endswith(f"destination={tenant.spec.line.bot_user_id}")


def test_the_sample_municipalities_are_neighbours_and_called_samples() -> None:
    a, b = sample_tenants()
    assert b.spec.municipality_code in a.spec.neighbouring_areas
    assert a.spec.municipality_code in b.spec.neighbouring_areas
    assert all(tenant.spec.sample and "サンプル" in tenant.spec.name for tenant in (a, b))


def test_keys_are_made_once_and_stay_private(tmp_path: Path) -> None:
    tenants, materials = sample_tenants(), Materials(tmp_path)
    materials.create_missing(tenants)
    key_file = materials.key_file("sample-a", "staff")
    first = key_file.read_text()
    assert key_file.stat().st_mode & 0o077 == 0
    resource = yaml.safe_load((materials.declared / "sample-a-staff.yaml").read_text())
    assert resource["spec"]["sha256"] == hash_of(first.strip())
    assert first.strip() not in (materials.declared / "sample-a-staff.yaml").read_text()
    materials.create_missing(tenants)
    assert key_file.read_text() == first


def test_scopes_of_an_upgrade_reach_existing_keys(tmp_path: Path) -> None:
    tenants, materials = sample_tenants(), Materials(tmp_path)
    materials.create_missing(tenants)
    file = materials.declared / "sample-a-staff.yaml"
    old = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump({**old, "spec": {**old["spec"], "scopes": ["offers:read"]}}))
    materials.create_missing(tenants)
    assert yaml.safe_load(file.read_text()) == old


def test_only_the_partner_key_answers_referrals() -> None:
    assert "referrals:respond" not in STAFF_SCOPES
    assert set(PARTNER_SCOPES) == {"referrals:read", "referrals:respond"}


def test_the_start_page_links_every_service_and_every_tenant(tmp_path: Path) -> None:
    write_gateway(
        tmp_path, Ports(gateway=9080), sample_tenants(), [Link("届いたメール", "http://127.0.0.1:1/")]
    )
    page = (tmp_path / "www" / "index.html").read_text()
    for href in (
        "/intake/docs",
        "/matching/docs",
        "/booking/docs",
        "/notify/docs",
        "http://sample-a.localhost:9080/intake/chat",
        "http://sample-b.localhost:9080/intake/chat",
        "http://127.0.0.1:1/",
    ):
        assert f'href="{href}"' in page
    assert "<script" not in page
    assert "見本" in page


def test_passwords_are_not_shown() -> None:
    assert without_password("mongodb://me:secret@db.example/?a=b") == "mongodb://db.example/?a=b"


def test_the_gateway_names_an_outage_as_the_services_do() -> None:
    assert PROBLEM_TYPE == BASE + "unavailable"
