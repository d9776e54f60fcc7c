"""E-mail by SMTP.

SMTP cannot say whether an attempt whose answer was lost went through. A repeated attempt carries the same Message-ID (RFC 5322, 3.6.4), by
which mailboxes know it for the same message.
"""

import asyncio
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path

import aiosmtplib

from services.notify.providers.outcome import Outcome


class Mail:
    """One SMTP server; `sender` is the address in From."""

    def __init__(
        self,
        host: str,
        port: int,
        sender: str,
        timeout: float,
        start_tls: bool | None = None,
        username: str | None = None,
        password_file: Path | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.sender = sender
        self.timeout = timeout
        self.start_tls = start_tls
        self.username = username
        self.password_file = password_file

    async def send(self, sender_name: str, to: str, subject: str, body: str, message_id: str) -> Outcome:
        """Hand one message to the server."""
        try:
            message = self._compose(sender_name, to, subject, body, message_id)
        except ValueError:
            return Outcome("refused", "mail-address")
        password = self.password_file.read_text().strip() if self.password_file else None
        try:
            async with asyncio.timeout(self.timeout):
                await aiosmtplib.send(
                    message,
                    sender=self.sender,
                    recipients=[to],
                    hostname=self.host,
                    port=self.port,
                    timeout=self.timeout,
                    start_tls=self.start_tls,
                    username=self.username,
                    password=password,
                )
        except aiosmtplib.SMTPAuthenticationError as error:
            return Outcome("misconfigured", f"mail-{error.code}")
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _by_code(error.recipients[0].code)
        except aiosmtplib.SMTPResponseException as error:
            return _by_code(error.code)
        except aiosmtplib.SMTPConnectError as error:
            return Outcome("busy", f"mail-{type(error).__name__}")
        except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
            return Outcome("unclear", f"mail-{type(error).__name__}")
        return Outcome("accepted")

    def _compose(self, sender_name: str, to: str, subject: str, body: str, message_id: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = formataddr((sender_name, self.sender))
        message["To"] = to
        message["Subject"] = subject
        message["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(body, charset="utf-8")
        return message


def _by_code(code: int) -> Outcome:
    """4yz: not now; 5yz: never (RFC 5321, 4.2.1). The server has said that it did not take it."""
    return Outcome("busy" if 400 <= code < 500 else "refused", f"mail-{code}")
