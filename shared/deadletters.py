"""Messages that were given up on, kept with the reason and the original.

    python -m shared.deadletters list [--service notify]
    python -m shared.deadletters show SEQ
    python -m shared.deadletters redrive SEQ | --all [--service notify]
    python -m shared.deadletters drop SEQ

Redriving publishes the original again under its own subject; consumers that had handled it meet their inbox row and do nothing.
"""

import argparse
import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nats
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from shared.clock import system_now
from shared.errors import MessageError
from shared.ids import new_ulid
from shared.metrics import DEAD_LETTERS

if TYPE_CHECKING:
    from shared.streams import Durable

STREAM = "DLQ"


@dataclass(frozen=True)
class DeadLetter:
    """`seq` is its number in the DLQ stream; `original` the message as it came."""

    seq: int
    subject: str
    original_subject: str
    reason: str
    kind: str
    deliveries: int
    buried_at: str
    original: bytes
    original_headers: dict[str, str]


async def bury(js: JetStreamContext, msg: Msg, durable: "Durable", error: MessageError) -> None:
    """Copy `msg` to the dead letters of `durable`. Raises when the broker does not acknowledge: then nothing is given up."""
    meta = msg.metadata
    body = {
        "original_subject": msg.subject,
        "reason": error.reason,
        "kind": type(error).__name__.lower(),
        "deliveries": meta.num_delivered or 1,
        "buried_at": system_now().isoformat(),
        "original": base64.b64encode(msg.data).decode(),
        "original_headers": dict(msg.headers or {}),
    }
    await js.publish(
        f"dlq.{durable.service}.{durable.name}",
        json.dumps(body).encode(),
        # one grave per delivered message, even when the worker dies between this and the termination. With the time: a stream that
        # was lost and filled again counts from 1 again
        headers={
            "Nats-Msg-Id": f"dlq:{durable.name}:{meta.stream}:{meta.sequence.stream}:{meta.timestamp.isoformat()}"
        },
    )
    DEAD_LETTERS.labels(durable.name).inc()


async def letters(js: JetStreamContext, service: str | None = None) -> AsyncIterator[DeadLetter]:
    """Every dead letter, oldest first."""
    state = (await js.stream_info(STREAM)).state
    for seq in range(max(1, state.first_seq), state.last_seq + 1):
        try:
            letter = await read(js, seq)
        except NotFoundError:
            continue
        if service is None or letter.subject.startswith(f"dlq.{service}."):
            yield letter


async def read(js: JetStreamContext, seq: int) -> DeadLetter:
    """Raises NotFoundError when there is none of that number."""
    raw = await js.get_msg(STREAM, seq)
    body = json.loads(raw.data or b"{}")
    return DeadLetter(
        seq=seq,
        subject=raw.subject or "",
        original=base64.b64decode(body.pop("original")),
        **{name: value for name, value in body.items() if name in DeadLetter.__dataclass_fields__},
    )


async def redrive(js: JetStreamContext, letter: DeadLetter) -> None:
    """Publish the original again, then remove the letter."""
    headers = {k: v for k, v in letter.original_headers.items() if k != "Nats-Msg-Id"}
    # a fresh message id: within the duplicate window the stream would otherwise swallow it
    headers["Nats-Msg-Id"] = f"redrive:{new_ulid()}"
    await js.publish(letter.original_subject, letter.original, headers=headers)
    await js.delete_msg(STREAM, letter.seq)


async def _run(args: argparse.Namespace) -> int:
    from shared.settings import CoreSettings

    nc = await nats.connect(CoreSettings().nats_url, connect_timeout=3, allow_reconnect=False)
    js = nc.jetstream()
    try:
        if args.action == "list":
            async for letter in letters(js, args.service):
                print(
                    f"{letter.seq:>6}  {letter.buried_at}  {letter.subject}  {letter.kind}: {letter.reason}"
                )
            return 0
        if args.action == "redrive" and args.all:
            count = 0
            async for letter in letters(js, args.service):
                await redrive(js, letter)
                count += 1
            print(f"{count} redriven")
            return 0
        try:
            letter = await read(js, args.seq)
        except NotFoundError:
            print(f"no dead letter {args.seq}", file=sys.stderr)
            return 1
        if args.action == "show":
            print(
                json.dumps(
                    {**letter.__dict__, "original": letter.original.decode(errors="replace")}, indent=2
                )
            )
        elif args.action == "redrive":
            await redrive(js, letter)
            print(f"redriven: {letter.original_subject}")
        else:
            await js.delete_msg(STREAM, args.seq)
            print(f"dropped: {args.seq}")
        return 0
    finally:
        await nc.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m shared.deadletters", description="Messages that were given up on."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser("list", help="one line each")
    listing.add_argument("--service")
    actions.add_parser("show", help="one, with the original").add_argument("seq", type=int)
    again = actions.add_parser("redrive", help="publish the original again")
    again.add_argument("seq", type=int, nargs="?")
    again.add_argument("--all", action="store_true")
    again.add_argument("--service")
    actions.add_parser("drop", help="remove one for good").add_argument("seq", type=int)
    args = parser.parse_args()
    if args.action == "redrive" and args.seq is None and not args.all:
        parser.error("redrive needs a number or --all")
    raise SystemExit(asyncio.run(_run(args)))


if __name__ == "__main__":
    main()
