"""`python -m tests.fakes.partner --port 8191`: a sample partner agency.

It receives Standard Webhooks at POST /webhooks, checks the signature with the `standardwebhooks` library, keeps each
webhook-id once, and answers referrals through Banso's API with its own key.
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.fakes.partner.agency import Agency, Fault, Received, answer_patiently, call_banso, referral_of
from tests.fakes.serving import serve

AGENCY: web.AppKey[Agency] = web.AppKey("agency", Agency)


async def webhooks(request: web.Request) -> web.Response:
    """POST /webhooks: 401 on a bad signature, 200 once stored; the acknowledgement follows on its own."""
    agency = request.app[AGENCY]
    body = await request.read()
    fault = agency.take_fault()
    if fault is not None and fault.status is not None:
        return web.json_response({"error": "injected"}, status=fault.status)
    if fault is not None:
        await asyncio.sleep(fault.seconds)
    payload = agency.verify(body, dict(request.headers))
    if payload is None:
        agency.rejected += 1
        return web.json_response({"error": "signature does not match"}, status=401)
    webhook_id = request.headers["webhook-id"]
    if webhook_id in agency.received:
        agency.received[webhook_id].deliveries += 1
        return web.json_response({"duplicate": True})
    headers = {name.lower(): value for name, value in request.headers.items()}
    agency.received[webhook_id] = Received(webhook_id, datetime.now(UTC).isoformat(), headers, payload)
    referral = referral_of(payload)
    if referral and agency.acknowledges and agency.base_url:
        task = asyncio.create_task(answer_patiently(agency, referral))
        agency.tasks.add(task)
        task.add_done_callback(agency.tasks.discard)
    return web.json_response({"duplicate": False})


async def decide(request: web.Request) -> web.Response:
    """POST /_fake/{acknowledge|decline}/{referral_id}: answer a referral on demand; the JSON body is passed on."""
    agency = request.app[AGENCY]
    if agency.base_url is None or agency.api_key_file is None:
        raise web.HTTPConflict(text="started without --base-url and --api-key-file")
    body = await request.json() if request.can_read_body else {}
    return web.json_response(
        await call_banso(agency, request.match_info["referral_id"], request.match_info["verb"], body)
    )


async def received(request: web.Request) -> web.Response:
    """GET /_fake/received: webhooks kept (once per webhook-id), how many were refused, and our answers."""
    agency = request.app[AGENCY]
    return web.json_response(
        {
            "webhooks": [asdict(webhook) for webhook in agency.received.values()],
            "rejected": agency.rejected,
            "answers": agency.answers,
        }
    )


async def secret(request: web.Request) -> web.Response:
    """POST /_fake/secret `{secret, keep?}`: use this `whsec_` secret; `keep` leaves the earlier ones valid too."""
    agency, body = request.app[AGENCY], await request.json()
    agency.keep_secrets([body["secret"], *(agency.secrets if body.get("keep") else [])])
    return web.json_response({"secrets": len(agency.secrets)})


async def settings(request: web.Request) -> web.Response:
    """POST /_fake/settings `{acknowledges}`: answer referrals at once, or only on demand."""
    agency, body = request.app[AGENCY], await request.json()
    agency.acknowledges = bool(body["acknowledges"])
    return web.json_response({"acknowledges": agency.acknowledges})


async def faults(request: web.Request) -> web.Response:
    """POST /_fake/faults `{status: 500|410|.. , count}` or `{slow_seconds, count}`; DELETE clears all."""
    agency = request.app[AGENCY]
    if request.method == "DELETE":
        agency.faults.clear()
    else:
        body = await request.json()
        status = None if "slow_seconds" in body else int(body["status"])
        agency.faults.append(Fault(status, int(body.get("count", 1)), float(body.get("slow_seconds", 0))))
    return web.json_response({"faults": [asdict(fault) for fault in agency.faults]})


async def alive(_: web.Request) -> web.Response:
    """GET /_fake/ready."""
    return web.json_response({"ready": True})


def build_app(agency: Agency) -> web.Application:
    """The agency as an aiohttp application."""
    app = web.Application()
    app[AGENCY] = agency
    app.add_routes(
        [
            web.post("/webhooks", webhooks),
            web.get("/_fake/ready", alive),
            web.get("/_fake/received", received),
            web.post("/_fake/secret", secret),
            web.post("/_fake/settings", settings),
            web.post("/_fake/faults", faults),
            web.delete("/_fake/faults", faults),
            web.post("/_fake/{verb:acknowledge|decline}/{referral_id}", decide),
        ]
    )
    app.cleanup_ctx.append(_http_client)
    return app


async def _http_client(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        app[AGENCY].http = session
        yield
        for task in list(app[AGENCY].tasks):
            task.cancel()
        await asyncio.gather(*app[AGENCY].tasks, return_exceptions=True)


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.fakes.partner", description="a sample partner agency")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-file", type=Path, help="file that keeps the whsec_ secrets, one a line")
    parser.add_argument("--base-url", help="Banso's gateway, e.g. http://localhost:8080")
    parser.add_argument("--api-key-file", type=Path, help="file with the agency's API key")
    parser.add_argument("--on-demand", action="store_true", help="acknowledge only when told to")
    args = parser.parse_args()
    if (args.base_url is None) != (args.api_key_file is None):
        parser.error("--base-url and --api-key-file belong together")
    agency = Agency(args.base_url, args.api_key_file, not args.on_demand, args.secret_file)
    serve(build_app(agency), args.port)


if __name__ == "__main__":
    main()
