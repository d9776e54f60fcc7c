"""Handing a message to a provider, so that it is never sent twice:

- LINE push: the retry key is derived from the message; LINE answers 409 to what it has taken before.
- LINE reply: a token is good once. If a first reply is refused for its token, the token is struck from the record before a push
  goes out instead. If an attempt that follows one without a clear answer is refused for its token, the earlier one has used it, as
  long as the token cannot have aged out; if it can have, the message is given up, because sending it another way might send it twice.
- E-mail: the same Message-ID every time.
- Another way to the person is tried only after a definite no, never after an attempt in doubt.
"""

from dataclasses import replace
from datetime import timedelta

from services.notify.contact import Via, Way
from services.notify.message import Message
from services.notify.providers.line import Line, Sent, line_messages, retry_key
from services.notify.providers.mail import Mail
from services.notify.providers.outcome import Outcome
from services.notify.wording import Words
from shared.clock import system_now
from shared.metrics import PROVIDER_RESULTS
from shared.secrets import MissingSecret, Secrets
from shared.tenancy import Tenant

TOKEN_SURELY_GOOD = timedelta(seconds=50)
"""LINE keeps a reply token for about a minute."""


class Carrier:
    """Knows the providers. `line` is made with the running loop, when the worker starts."""

    def __init__(self, secrets: Secrets, mail: Mail) -> None:
        self.secrets = secrets
        self.mail = mail
        self.line: Line | None = None

    async def carry(
        self, message: Message, words: Words, going: tuple[Way, ...], tenant: Tenant
    ) -> tuple[Via | None, Outcome]:
        """Try the ways in order until one gives anything but a definite no. `refused` with `no_contact` when there is none."""
        via: Via | None = None
        outcome = Outcome("refused", "no_contact")
        for way in going:
            if message.in_doubt and message.via not in (None, way.via):
                continue
            via, outcome = way.via, await self._by(way, message, words, tenant)
            PROVIDER_RESULTS.labels(via, outcome.kind).inc()
            if not outcome.another_way:
                break
        return via, outcome

    async def reply(self, message: Message, token: str, words: Words) -> Outcome:
        """Answer by the reply token. `token_spent` only when it is certain that nothing has been sent by it."""
        access = self._access_token(message.tenant)
        if access is None or self.line is None:
            return Outcome("misconfigured", "line-no-secret")
        outcome = await self.line.reply(access, token, messages_of(words))
        PROVIDER_RESULTS.labels("line", f"reply_{outcome.kind}").inc()
        if outcome.kind != "token_spent" or not message.in_doubt:
            return outcome
        age = system_now() - message.token_at if message.token_at else TOKEN_SURELY_GOOD
        if age < TOKEN_SURELY_GOOD:
            return Outcome("accepted", "line-reply-token-used")
        return Outcome("lost", "line-reply-unconfirmed")

    async def _by(self, way: Way, message: Message, words: Words, tenant: Tenant) -> Outcome:
        if way.via == "email":
            return await self.mail.send(
                tenant.spec.name, way.to, words.text.subject, words.letter, message.id
            )
        access = self._access_token(message.tenant)
        if access is None or self.line is None:
            return Outcome("misconfigured", "line-no-secret")
        key = retry_key(message.tenant, message.id)
        return await self.line.push(access, way.to, messages_of(words), key)

    def _access_token(self, tenant: str) -> str | None:
        try:
            return self.secrets.text(tenant, "line_access_token")
        except MissingSecret:
            return None


def messages_of(words: Words) -> Sent:
    """The words as LINE's message objects."""
    return line_messages(words.text.body, words.ask, words.actions)


def without_token(message: Message) -> Message:
    """The message once its reply token is known to be of no use; what was in doubt about it is settled."""
    return replace(message, reply_token=None, settled=message.attempts - 1)
