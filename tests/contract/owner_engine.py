"""The owner's walk through what the engine shows: a slate made again, why an offer is missing, a look at an offer."""

from tests.contract.walk import Walk


async def walk_engine(walk: Walk, ids: dict[str, str]) -> None:
    """`ids` hold slate_id and offer_id."""
    slates, me = "/matching/v1/slates/{slate_id}", "/matching/v1/me/offers/{offer_id}"
    await walk.go("staff", "GET", slates + "/replay", ids)
    await walk.go("staff", "GET", slates + "/why-not/{offer_id}", ids)
    await walk.go("resident", "POST", me + "/views", ids)
