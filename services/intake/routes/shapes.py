"""Path ids, paging and versions as they must look."""

import re
from typing import Annotated

from fastapi import Depends, Header, Path, Query

from shared.errors import Invalid, StaleVersion

CODE = "[a-z2-7]{26}$"
ResidentId = Annotated[str, Path(pattern=f"^res_{CODE}", examples=["res_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
ConsentId = Annotated[str, Path(pattern=f"^cns_{CODE}")]
ReferralId = Annotated[str, Path(pattern=f"^ref_{CODE}")]
ProgrammeId = Annotated[str, Path(pattern=f"^prg_{CODE}")]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]


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
        raise StaleVersion("it was changed since it was read")
