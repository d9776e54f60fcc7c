"""Path ids as they must look."""

from typing import Annotated

from fastapi import Path

from shared.ids import id_pattern

ResidentId = Annotated[str, Path(pattern=id_pattern("res"), examples=["res_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
ConsentId = Annotated[str, Path(pattern=id_pattern("cns"))]
ReferralId = Annotated[str, Path(pattern=id_pattern("ref"))]
ProgrammeId = Annotated[str, Path(pattern=id_pattern("prg"))]
