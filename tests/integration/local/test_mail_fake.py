"""The mail stand-in against aiosmtplib."""

from email.message import EmailMessage
from typing import Any

import aiohttp
import aiosmtplib
import pytest

from deploy.local.ports import Ports
from tests.integration.local.conftest import Run, json_ready, module_spec


@pytest.fixture
def mail(ports: Ports, run: Run) -> Ports:
    arguments = ["--smtp-port", str(ports.smtp), "--http-port", str(ports.mail)]
    ready = json_ready(ports.mail, "/_fake/messages")
    run(module_spec("mail", "tests.fakes.mail", *arguments, port=ports.mail, ready=ready))
    return ports


async def send(ports: Ports, to: str, subject: str = "予約のお知らせ") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "banso@sample.example", to, subject
    message["Message-ID"] = "<m1@banso.example>"
    message.set_content("24:30から25:30です。")
    await aiosmtplib.send(message, hostname="127.0.0.1", port=ports.smtp, start_tls=False)


async def look(ports: Ports, path: str) -> Any:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{ports.mail}{path}") as answer:
        return await (answer.json() if answer.content_type == "application/json" else answer.text())


async def test_a_sent_message_can_be_read_back(mail: Ports) -> None:
    await send(mail, "one@sample.example")
    await send(mail, "two@sample.example")
    (kept,) = (await look(mail, "/_fake/messages?to=one@sample.example"))["messages"]
    assert (kept["subject"], kept["text"].strip()) == ("予約のお知らせ", "24:30から25:30です。")
    assert (kept["recipients"], kept["message_id"]) == (["one@sample.example"], "<m1@banso.example>")
    assert len((await look(mail, "/_fake/messages"))["messages"]) == 2


async def test_the_page_shows_messages_escaped(mail: Ports) -> None:
    await send(mail, "one@sample.example", "<script>")
    page = await look(mail, "/")
    assert "&lt;script&gt;" in page
    assert "<script>" not in page


async def test_an_injected_reply_reaches_the_client(mail: Ports) -> None:
    async with aiohttp.ClientSession() as http:
        await http.post(f"http://127.0.0.1:{mail.mail}/_fake/faults", json={"reply": "451 4.3.0 try later"})
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        await send(mail, "one@sample.example")
    assert caught.value.code == 451
    await send(mail, "one@sample.example")
    assert len((await look(mail, "/_fake/messages"))["messages"]) == 1
