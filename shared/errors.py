"""Every error that Banso raises on purpose.

BansoError
├── Refused               a caller asked for something that cannot be done (becomes problem details in shared/http)
│   ├── Invalid           the input is wrong; names the field
│   ├── Unauthenticated   no credential, or one that is not valid
│   ├── Forbidden         the credential does not reach this far
│   ├── NotFound          no such thing for this tenant (a foreign id looks exactly the same)
│   ├── Conflict          the state of the thing does not allow it
│   │   ├── StaleVersion            somebody else changed it first
│   │   └── IdempotencyConflict     the key was used with another body
│   ├── TooMany           over a limit; says when to try again
│   └── Unavailable       a part this needs does not answer now
└── MessageError          a consumer could not handle a message
    ├── Retryable         the same message may succeed later
    ├── Permanent         it will never succeed: dead letter, with the reason
    └── Poison            it cannot even be read: dead letter, with the reason

Services subclass the `Refused` branches and give each subclass a `slug`: stable, and what clients branch on.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class BansoError(Exception):
    """Root of the tree."""


class Refused(BansoError):
    """`slug` names the kind of problem; `params` fill the texts of the problem catalogue."""

    slug: ClassVar[str] = "refused"

    def __init__(self, detail: str = "", **params: Any) -> None:
        super().__init__(detail or self.slug)
        self.detail = detail
        self.params = params


class Invalid(Refused):
    """Bad input. `field` is the path of the offending field, e.g. `weekly_hours.0.end`; `also` are further ones, each with its detail."""

    slug = "invalid"

    def __init__(
        self, field: str, detail: str, *, also: Sequence[tuple[str, str]] = (), **params: Any
    ) -> None:
        super().__init__(detail, field=field, **params)
        self.field = field
        self.also = tuple(also)


class Unauthenticated(Refused):
    slug = "unauthenticated"


class Forbidden(Refused):
    slug = "forbidden"


class NotFound(Refused):
    slug = "not-found"


class Conflict(Refused):
    slug = "conflict"


class StaleVersion(Conflict):
    slug = "stale-version"


class IdempotencyConflict(Conflict):
    slug = "idempotency-conflict"


class TooMany(Refused):
    """`retry_after` is in whole seconds."""

    slug = "too-many-requests"

    def __init__(self, detail: str = "", *, retry_after: int = 1, **params: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **params)
        self.retry_after = retry_after


class Unavailable(Refused):
    slug = "unavailable"


class MessageError(BansoError):
    """`reason` is written to the dead letter: codes and ids only, never content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Retryable(MessageError):
    pass


class Permanent(MessageError):
    pass


class Poison(MessageError):
    pass
