"""The owner's walk through a resident's own answers: given, and deleted for good."""

from tests.contract.walk import Walk


async def walk_residents(walk: Walk, item: str) -> None:
    """`item` is one that is asked. Leaves nothing behind."""
    me = "/matching/v1/me/questionnaire"
    await walk.go("resident", "PUT", me, json={"answers": {item: 4}, "wishes": {"remote_only": True}})
    await walk.go("resident", "DELETE", me)
