"""Ids in paths."""

from typing import Annotated

from fastapi import Path

from shared.ids import id_pattern

RESIDENT = id_pattern("res")
MessageId = Annotated[str, Path(pattern=id_pattern("msg"), examples=["msg_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
EndpointId = Annotated[str, Path(pattern=id_pattern("whe"), examples=["whe_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
DeliveryId = Annotated[str, Path(pattern=id_pattern("whd"), examples=["whd_k3x2a5v6q7r4n2m3p4d5f6g7h2"])]
