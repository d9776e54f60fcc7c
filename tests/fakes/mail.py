"""`python -m tests.fakes.mail --smtp-port 8125 --http-port 8126`: a mail server that keeps what it receives."""

import argparse
import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from jinja2 import Environment

from tests.fakes.serving import serve

PAGE = Environment(autoescape=True).from_string(
    """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>届いたメール（見本）</title>
<style>
body{font-family:system-ui,sans-serif;max-width:45rem;margin:0 auto;padding:1rem;line-height:1.6}
article{border:1px solid #767676;border-radius:.5rem;padding:.75rem;margin:1rem 0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}
</style>
</head>
<body>
<h1>届いたメール（見本）</h1>
{% for mail in messages %}
<article>
<h2>{{ mail.subject }}</h2>
<p>{{ mail.at }} — {{ mail.mail_from }} → {{ mail.recipients | join(", ") }}</p>
<pre>{{ mail.text }}</pre>
</article>
{% else %}
<p>まだメールはありません。</p>
{% endfor %}
</body>
</html>
"""
)


@dataclass(frozen=True)
class Mail:
    """A received message. `at` is the instant of receipt in UTC; `text` the plain text part, else the first part."""

    at: str
    mail_from: str
    recipients: list[str]
    subject: str
    message_id: str | None
    headers: dict[str, str]
    text: str


@dataclass
class Mailbox:
    """Messages in the order of receipt, and SMTP replies to give instead of accepting."""

    messages: list[Mail] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """aiosmtpd's hook: keep the message, or give the next injected reply."""
        if self.replies:
            return self.replies.pop(0)
        content = (
            envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        )
        self.messages.append(_read(content, envelope.mail_from or "", envelope.rcpt_tos))
        return "250 OK"


MAILBOX: web.AppKey[Mailbox] = web.AppKey("mailbox", Mailbox)


def _read(content: bytes, mail_from: str, recipients: list[str]) -> Mail:
    message = email.message_from_bytes(content, EmailMessage, policy=email.policy.default)
    part = message.get_body(("plain", "html"))
    return Mail(
        at=datetime.now(UTC).isoformat(),
        mail_from=mail_from,
        recipients=recipients,
        subject=str(message["subject"] or ""),
        message_id=message["message-id"],
        headers={name: str(value) for name, value in message.items()},
        text=part.get_content() if part is not None else "",
    )


async def messages(request: web.Request) -> web.Response:
    """GET /_fake/messages?to=: received messages, oldest first, all or those to one address."""
    to = request.query.get("to")
    kept = [mail for mail in request.app[MAILBOX].messages if to is None or to in mail.recipients]
    return web.json_response({"messages": [asdict(mail) for mail in kept]})


async def faults(request: web.Request) -> web.Response:
    """POST /_fake/faults `{reply: "451 4.3.0 try later", count}`: the next messages get this reply instead."""
    body = await request.json()
    request.app[MAILBOX].replies.extend([str(body["reply"])] * int(body.get("count", 1)))
    return web.json_response({"replies": request.app[MAILBOX].replies})


async def page(request: web.Request) -> web.Response:
    """GET /: the messages as a page, newest first."""
    html = PAGE.render(messages=list(reversed(request.app[MAILBOX].messages)))
    return web.Response(text=html, content_type="text/html", charset="utf-8")


def build_app(mailbox: Mailbox, smtp_port: int) -> web.Application:
    """The HTTP view, with the SMTP server running beside it on the same loop."""
    app = web.Application()
    app[MAILBOX] = mailbox
    app.add_routes(
        [web.get("/", page), web.get("/_fake/messages", messages), web.post("/_fake/faults", faults)],
    )

    async def smtp(_: web.Application) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(mailbox, enable_SMTPUTF8=True, hostname="mail.banso.local", loop=loop),
            host="127.0.0.1",
            port=smtp_port,
        )
        yield
        server.close()

    app.cleanup_ctx.append(smtp)
    return app


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(
        prog="tests.fakes.mail", description="a mail server that keeps what it gets"
    )
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    args = parser.parse_args()
    serve(build_app(Mailbox(), args.smtp_port), args.http_port)


if __name__ == "__main__":
    main()
