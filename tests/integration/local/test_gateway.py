"""Caddy with the generated configuration in front of a stand-in service."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.declared import sample_tenants
from deploy.local.gateway import write_gateway
from deploy.local.plan import Plan, gateway_spec
from deploy.local.ports import Ports
from deploy.local.supervisor import Supervisor
from tests.integration.local.conftest import Run, json_ready, module_spec

ECHO = "tests.integration.local.echo_service"


@pytest.fixture
def stack(run: Run, ports: Ports, tmp_path: Path) -> Supervisor:
    """The gateway, with only `intake` behind it."""
    plan = Plan(tmp_path, ports)
    write_gateway(tmp_path / "gateway", ports, sample_tenants(), [])
    ready = json_ready(ports.intake, "/readyz")
    arguments = ["--port", str(ports.intake)]
    return run(module_spec("intake", ECHO, *arguments, port=ports.intake, ready=ready), gateway_spec(plan))


@pytest.fixture
async def http(stack: Supervisor, ports: Ports) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports.gateway}", timeout=10) as client:
        yield client


async def test_a_request_passes_unchanged_with_its_host_and_request_id(
    http: httpx.AsyncClient, ports: Ports
) -> None:
    host = f"sample-a.localhost:{ports.gateway}"
    headers = {
        "Host": host,
        "X-Request-Id": "r-1",
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Host": "evil",
    }
    answer = await http.post("/intake/v1/echo?a=%E3%81%82", content="本文", headers=headers)
    seen = answer.json()
    assert (seen["path"], seen["query"], seen["body"]) == ("/intake/v1/echo", "a=%E3%81%82", "本文")
    assert (seen["headers"]["host"], seen["headers"]["x-request-id"]) == (host, "r-1")
    assert seen["headers"]["x-forwarded-host"] == host
    assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert seen["headers"]["x-forwarded-proto"] == "http"


async def test_answers_are_compressed(http: httpx.AsyncClient) -> None:
    answer = await http.get("/intake/long", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == "あいうえお" * 2000


async def test_a_stream_arrives_piece_by_piece(http: httpx.AsyncClient) -> None:
    pieces = []
    async with http.stream("GET", "/intake/stream") as answer:
        async for piece in answer.aiter_text():
            pieces.append(piece)
            if len(pieces) == 1:
                await http.post("/intake/go-on")
    assert "".join(pieces) == "data: first\n\ndata: second\n\n"
    assert pieces[0] == "data: first\n\n"


async def test_the_start_page_is_at_the_root_and_takes_no_script(http: httpx.AsyncClient) -> None:
    answer = await http.get("/")
    assert answer.status_code == 200
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Banso（伴走）" in answer.text


@pytest.mark.parametrize("path", ["/matching/v1/offers", "/booking/v1/appointments/1"])
async def test_an_api_that_is_down_is_a_503_problem(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers={"X-Request-Id": "r-2"})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["status"], answer.headers["retry-after"]) == (503, "5")
    assert (answer.headers["x-request-id"], answer.headers["content-language"]) == ("r-2", "ja")
    english = await http.get(path, headers={"Accept-Language": "en-GB, ja"})
    assert english.json()["title"] == "Not available now, try again shortly"


async def test_a_page_that_is_down_says_so_in_japanese(http: httpx.AsyncClient) -> None:
    answer = await http.get("/matching/questionnaire")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "少し待ってから" in answer.text


async def test_a_service_killed_and_started_again_is_found_again(
    http: httpx.AsyncClient, stack: Supervisor
) -> None:
    assert (await http.get("/intake/v1/echo")).status_code == 200
    stack.kill("intake")
    assert (await http.get("/intake/v1/echo")).status_code == 503
    stack.start("intake")
    assert (await http.get("/intake/v1/echo")).status_code == 200


@pytest.mark.parametrize("path", ["/nowhere", "/intakes", "/../../Caddyfile", "/%2e%2e/Caddyfile"])
async def test_what_is_not_there_is_a_404_page(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "このページはありません" in answer.text
