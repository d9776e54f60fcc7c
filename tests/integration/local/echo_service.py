"""A tiny service for tests of the gateway and the supervisor: shows what it was asked, streams, refuses to stop."""

import argparse
import asyncio
import signal
from collections.abc import AsyncIterator

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse

app = FastAPI()
go_on = asyncio.Event()


@app.get("/readyz")
def ready() -> dict[str, bool]:
    return {"ready": True}


@app.api_route("/{service}/v1/echo", methods=["GET", "POST"])
async def echo(request: Request) -> dict[str, object]:
    body = (await request.body()).decode()
    return {
        "headers": dict(request.headers),
        "path": request.url.path,
        "query": request.url.query,
        "body": body,
    }


@app.get("/{service}/long")
def long_text() -> PlainTextResponse:
    return PlainTextResponse("あいうえお" * 2000)


@app.get("/{service}/stream")
async def stream() -> StreamingResponse:
    """The second part is sent only after somebody has called /go-on, which a reader does on seeing the first."""

    async def parts() -> AsyncIterator[str]:
        yield "data: first\n\n"
        await go_on.wait()
        yield "data: second\n\n"

    return StreamingResponse(parts(), media_type="text/event-stream")


@app.post("/{service}/go-on")
async def release() -> None:
    go_on.set()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--stubborn", action="store_true")
    args = parser.parse_args()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=args.port, log_level="warning"))
    if args.stubborn:
        server.handle_exit = lambda sig, frame: None  # type: ignore[method-assign]
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    server.run()
