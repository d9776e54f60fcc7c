"""The mock LINE platform against the official SDK: its client, its signature validator, its webhook parser."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from linebot.v3 import SignatureValidator, WebhookParser
from linebot.v3.messaging import (
    ApiClient,
    Configuration,
    MessagingApi,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.messaging.exceptions import ApiException
from linebot.v3.webhooks import FollowEvent, MessageEvent, PostbackEvent, UnfollowEvent, UnsendEvent

from deploy.local.ports import Ports
from tests.harness import eventually
from tests.integration.local.conftest import Run, json_ready, module_spec

USER = "U" + "a" * 32
SECRET, TOKEN = "channel-secret-of-the-test", "access-token-of-the-test"


@dataclass
class Bot:
    """A webhook endpoint as a bot writes it, and what it received."""

    status: int = 200
    received: list[tuple[bytes, str]] = field(default_factory=list)

    async def hook(self, request: web.Request) -> web.Response:
        self.received.append((await request.read(), request.headers["X-Line-Signature"]))
        return web.Response(status=self.status)

    def events(self) -> list[Any]:
        """Everything received, parsed by the SDK, which checks each signature."""
        parser = WebhookParser(SECRET)
        return [
            event for body, signature in self.received for event in parser.parse(body.decode(), signature)
        ]


@pytest.fixture
async def bot(ports: Ports) -> AsyncIterator[Bot]:
    bot = Bot()
    app = web.Application()
    app.add_routes([web.post("/intake/line/sample-a", bot.hook)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", ports.intake).start()
    yield bot
    await runner.cleanup()


@pytest.fixture
def line(ports: Ports, run: Run, tmp_path: Path) -> Any:
    (tmp_path / "secret").write_text(SECRET + "\n")
    (tmp_path / "token").write_text(TOKEN + "\n")
    channel = (
        f"tenant=sample-a,secret-file={tmp_path / 'secret'},token-file={tmp_path / 'token'},"
        f"webhook=http://127.0.0.1:{ports.intake}/intake/line/sample-a,destination=U{'0' * 32}"
    )
    arguments = ["--port", str(ports.line), "--channel", channel, "--journal", str(tmp_path / "line.jsonl")]
    ready = json_ready(ports.line, "/_fake/ready")
    return run(module_spec("line", "tests.fakes.line", *arguments, port=ports.line, ready=ready))


@pytest.fixture
def api(line: Any, ports: Ports) -> Iterator[MessagingApi]:
    configuration = Configuration(access_token=TOKEN, host=f"http://127.0.0.1:{ports.line}")
    with ApiClient(configuration) as client:
        yield MessagingApi(client)


class Phone:
    """The resident's side of the mock, through its control routes."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}/_fake"

    async def post(self, path: str, **body: Any) -> Any:
        async with aiohttp.ClientSession() as http, http.post(f"{self.base}/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def act(self, action: str, **body: Any) -> Any:
        return await self.post(f"users/{USER}/{action}", **body)

    async def get(self, path: str) -> Any:
        async with aiohttp.ClientSession() as http, http.get(f"{self.base}/{path}") as answer:
            return await answer.json()

    async def texts(self) -> list[str]:
        return [entry["message"]["text"] for entry in (await self.get(f"inbox/{USER}"))["messages"]]


@pytest.fixture
def phone(line: Any, ports: Ports) -> Phone:
    return Phone(ports.line)


def push(api: MessagingApi, text: str, key: str | None = None, **options: Any) -> Any:
    request = PushMessageRequest(to=USER, messages=[TextMessage(text=text)])
    return api.push_message_with_http_info(request, x_line_retry_key=key, **options)


def refusal(status: int, call: Any, *arguments: Any, **options: Any) -> ApiException:
    with pytest.raises(ApiException) as caught:
        call(*arguments, **options)
    assert caught.value.status == status
    return caught.value


async def test_the_sdk_accepts_signature_and_shape_of_every_event(bot: Bot, phone: Phone) -> None:
    await phone.act("follow")
    sent = await phone.act("message", text="夜しか時間がなくて", timestamp=1_760_000_000_000)
    await phone.act("postback", data="action=consult")
    await phone.act("unsend", message_id=sent["event"]["message"]["id"])
    await phone.act("block")
    follow, message, postback, unsend, unfollow = bot.events()
    assert isinstance(follow, FollowEvent) and not follow.follow.is_unblocked
    assert isinstance(message, MessageEvent) and message.message.text == "夜しか時間がなくて"
    assert (message.timestamp, message.source.user_id) == (1_760_000_000_000, USER)
    assert isinstance(postback, PostbackEvent) and postback.postback.data == "action=consult"
    assert isinstance(unsend, UnsendEvent) and unsend.unsend.message_id == message.message.id
    assert isinstance(unfollow, UnfollowEvent)


async def test_a_changed_body_does_not_pass_the_sdk_validator(bot: Bot, phone: Phone) -> None:
    await phone.act("follow")
    body, signature = bot.received[0]
    assert SignatureValidator(SECRET).validate(body.decode(), signature)
    assert not SignatureValidator(SECRET).validate(body.decode() + " ", signature)
    assert not SignatureValidator("another secret").validate(body.decode(), signature)


async def test_a_redelivery_is_the_same_event_marked_so(bot: Bot, phone: Phone) -> None:
    bot.status = 500
    first = await phone.act("follow")
    assert first["status"] == 500
    bot.status = 200
    again = await phone.post(f"redeliver/{first['event']['webhookEventId']}")
    assert again["status"] == 200
    before, after = bot.events()
    assert before.webhook_event_id == after.webhook_event_id
    assert (before.delivery_context.is_redelivery, after.delivery_context.is_redelivery) == (False, True)


async def test_the_verify_button_sends_no_events(bot: Bot, phone: Phone) -> None:
    assert (await phone.post("verify/sample-a"))["status"] == 200
    assert bot.events() == []
    assert len(bot.received) == 1


async def test_an_endpoint_that_is_down_is_told_not_raised(phone: Phone) -> None:
    assert (await phone.act("follow"))["status"] is None


async def test_a_free_reply_and_a_push_reach_the_inbox(bot: Bot, phone: Phone, api: MessagingApi) -> None:
    token = (await phone.act("follow"))["event"]["replyToken"]
    request = ReplyMessageRequest(replyToken=token, messages=[TextMessage(text="ようこそ")])
    answer = await asyncio.to_thread(api.reply_message_with_http_info, request)
    assert answer.data.sent_messages[0].id
    assert "Invalid reply token" in refusal(400, api.reply_message, request).body
    key = str(uuid.uuid4())
    request_id = push(api, "予約できました", key).headers["X-Line-Request-Id"]
    entries = (await phone.get(f"inbox/{USER}"))["messages"]
    assert [(entry["via"], entry["retry_key"]) for entry in entries] == [("reply", None), ("push", key)]
    assert entries[1]["request_id"] == request_id


async def test_the_same_retry_key_is_409_and_names_the_accepted_request(
    bot: Bot, phone: Phone, api: MessagingApi
) -> None:
    await phone.act("follow")
    key = str(uuid.uuid4())
    first = push(api, "一度だけ", key)
    conflict = refusal(409, push, api, "一度だけ", key)
    assert conflict.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert await phone.texts() == ["一度だけ"]


async def test_a_restart_of_the_platform_keeps_its_retry_keys(
    bot: Bot, phone: Phone, api: MessagingApi, line: Any
) -> None:
    await phone.act("follow")
    key = str(uuid.uuid4())
    push(api, "一度だけ", key)
    line.kill("line")
    line.start("line")
    refusal(409, push, api, "一度だけ", key)
    assert await phone.texts() == ["一度だけ"]


async def test_a_wrong_token_is_401_with_a_request_id(line: Any, ports: Ports) -> None:
    configuration = Configuration(access_token="stolen", host=f"http://127.0.0.1:{ports.line}")
    with ApiClient(configuration) as client:
        assert refusal(401, push, MessagingApi(client), "x").headers["X-Line-Request-Id"]


async def test_bad_bodies_are_400_with_details(api: MessagingApi) -> None:
    too_long = refusal(400, push, api, "あ" * 5001)
    assert '"property": "messages[0].text"' in too_long.body


async def test_injected_faults_are_shown_as_often_as_asked(bot: Bot, phone: Phone, api: MessagingApi) -> None:
    await phone.act("follow")
    await phone.post("faults", status=429, count=1)
    await phone.post("faults", status=500, count=1, accepted=True)
    key = str(uuid.uuid4())
    refusal(429, push, api, "届く", key)
    refusal(500, push, api, "届く", key)
    refusal(409, push, api, "届く", key)
    assert await phone.texts() == ["届く"]


async def test_a_lost_answer_is_a_timeout_for_the_client_and_a_message_for_the_user(
    bot: Bot, phone: Phone, api: MessagingApi
) -> None:
    await phone.act("follow")
    await phone.post("faults", status="timeout", count=1, accepted=True)
    body = {"to": USER, "messages": [{"type": "text", "text": "届いた"}]}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    url = phone.base.replace("/_fake", "/v2/bot/message/push")
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as http:
        with pytest.raises(TimeoutError):
            await http.post(url, json=body, headers=headers)
    assert await eventually(phone.texts) == ["届いた"]


async def test_quota_profile_and_block_as_the_sdk_sees_them(
    bot: Bot, phone: Phone, api: MessagingApi
) -> None:
    refusal(404, api.get_profile, USER)
    await phone.act("follow")
    assert api.get_profile(USER).user_id == USER
    assert api.get_message_quota().type == "none"
    await phone.post("quota", tenant="sample-a", limit=2)
    push(api, "一")
    api.multicast(MulticastRequest(to=[USER], messages=[TextMessage(text="二")]))
    assert "monthly limit" in refusal(429, push, api, "三").body
    assert (api.get_message_quota().value, api.get_message_quota_consumption().total_usage) == (2, 2)
    await phone.post("quota", tenant="sample-a", limit=None)
    await phone.act("block")
    push(api, "届かない")
    assert await phone.texts() == ["一", "二"]


async def test_the_platforms_own_clock_ends_reply_tokens(bot: Bot, phone: Phone, api: MessagingApi) -> None:
    token = (await phone.act("follow"))["event"]["replyToken"]
    await phone.post("clock", advance_seconds=61)
    request = ReplyMessageRequest(replyToken=token, messages=[TextMessage(text="遅い")])
    refusal(400, api.reply_message, request)


async def test_the_page_shows_the_chat_escaped(bot: Bot, phone: Phone, api: MessagingApi) -> None:
    await phone.act("follow")
    push(api, "<b>予約</b>")
    async with aiohttp.ClientSession() as http, http.get(phone.base.replace("/_fake", "/")) as answer:
        page = await answer.text()
    assert "&lt;b&gt;予約&lt;/b&gt;" in page
    assert USER in page
