"""Path ids and paging as they must look."""

from typing import Annotated

from fastapi import Path, Query

CODE = "[a-z2-7]{26}$"
ResidentId = Annotated[str, Path(pattern=f"^res_{CODE}", examples=["res_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
ConsentId = Annotated[str, Path(pattern=f"^cns_{CODE}")]
ReferralId = Annotated[str, Path(pattern=f"^ref_{CODE}")]
ProgrammeId = Annotated[str, Path(pattern=f"^prg_{CODE}")]
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]
