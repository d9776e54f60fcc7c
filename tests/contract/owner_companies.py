"""The owner's walk through companies and their registration, workplaces, and the life of an offer."""

from typing import Any

from tests.contract.walk import Walk

COMPANIES, OFFERS, WORKPLACES = (f"/matching/v1/{name}" for name in ("companies", "offers", "workplaces"))
ONE = OFFERS + "/{offer_id}"


async def walk_registration(walk: Walk, municipality_code: str) -> None:
    """Two companies that register by themselves: one is let in, rests and comes back, the other is declined."""
    body = {"name": "見本工房", "municipality_code": municipality_code, "waiting": True}
    one = COMPANIES + "/{company_id}"
    for ways in (
        [("approve", {}), ("pause", {"reason": "own_wish"}), ("resume", {})],
        [("decline", {"reason": "duplicate"})],
    ):
        ids = {"company_id": (await walk.go("staff", "POST", COMPANIES, json=body))["id"]}
        for way, said in ways:
            await walk.go("staff", "POST", f"{one}/{way}", ids, **({"json": said} if said else {}))
    changed = {"name": "見本工房", "municipality_code": municipality_code, "about": "木のおもちゃ"}
    await walk.go("staff", "PUT", one, ids, json=changed)


async def walk_workplace(walk: Walk, ids: dict[str, str], offer: dict[str, Any]) -> None:
    """`ids` hold company_id, `offer` is what one of its offers says. A resident tries the work and tells of it."""
    place = {"name": "見本の厨房", "company_id": ids["company_id"], "answers": {"noise": 4}}
    ids["workplace_id"] = (await walk.go("staff", "POST", WORKPLACES, json=place))["id"]
    await walk.go("staff", "GET", WORKPLACES, params={"company_id": ids["company_id"]})
    one, mine = WORKPLACES + "/{workplace_id}", "/matching/v1/me/workplaces/{workplace_id}"
    await walk.go("staff", "PUT", one, ids, json={"name": "見本の厨房", "answers": {"noise": None}})
    there = {**offer, "workplace_id": ids["workplace_id"]}
    tried = (await walk.go("staff", "POST", OFFERS, json=there))["id"]
    wish = {"offer_id": tried, "kind": "experience"}
    await walk.go("resident", "POST", "/matching/v1/me/interests", json=wish)
    await walk.go("resident", "GET", mine, ids)
    told = {"answers": {"noise": 2}, "note": "見本の感想"}
    await walk.go("resident", "PUT", mine + "/experience", ids, json=told)
    (note,) = (await walk.go("staff", "GET", one, ids))["all_notes"]
    release = one + "/notes/{note_key}"
    await walk.go("staff", "PUT", release, {**ids, "note_key": note["key"]}, json={"released": True})


async def walk_life(walk: Walk, offer: dict[str, Any]) -> None:
    """An offer from draft to its end and back."""
    ids = {"offer_id": (await walk.go("staff", "POST", OFFERS, json={**offer, "state": "draft"}))["id"]}
    said = {name: value for name, value in offer.items() if name != "company_id"}
    await walk.go("staff", "PUT", ONE, ids, json={**said, "title": "見本の仕事（下書き）"})
    for way in ("publish", "pause", "resume"):
        await walk.go("staff", "POST", f"{ONE}/{way}", ids)
    await walk.go("staff", "POST", f"{ONE}/close", ids, json={"reason": "filled"})
    await walk.go("staff", "POST", f"{ONE}/reopen", ids, json={"open_places": 1})
    await walk.go("staff", "POST", f"{ONE}/close", ids, json={"reason": "withdrawn"})


async def walk_companies(
    walk: Walk, ids: dict[str, str], municipality_code: str, offer: dict[str, Any]
) -> None:
    await walk_registration(walk, municipality_code)
    await walk_workplace(walk, dict(ids), offer)
    await walk_life(walk, offer)
