"""Versions over HTTP: `ETag` names the one that was read, `If-Match` the one that is to be changed (RFC 9110, 8.8.3 and 13.1.1)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from shared.errors import Invalid, StaleVersion


async def expected_version(
    if_match: Annotated[
        str | None,
        Header(max_length=40, description='The ETag that was read, e.g. `"3"`: 412 when it has moved on'),
    ] = None,
) -> int | None:
    """The version in `If-Match`; None for any. Raises Invalid for what no ETag of ours looks like."""
    if if_match is None or if_match.strip() == "*":
        return None
    match = re.fullmatch(r'"(\d{1,9})"', if_match.strip())
    if match is None:
        raise Invalid("If-Match", 'an ETag such as "3", or *')
    return int(match.group(1))


IfMatch = Annotated[int | None, Depends(expected_version)]


def etag(version: int) -> dict[str, str]:
    """The header that names the version."""
    return {"ETag": f'"{version}"'}


def must_be(expected: int | None, version: int) -> None:
    """Raises StaleVersion when the client has read another version than the present one."""
    if expected is not None and expected != version:
        raise StaleVersion(f"it is at version {version} now")
