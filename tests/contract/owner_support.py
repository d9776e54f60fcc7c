"""The owner's walk through support programmes and send lists."""

from typing import Any

from tests.contract.walk import Walk

RULES = """\
name: 見本の制度
sample: true
facts:
  - {id: lost_job, ask: yes_no, question: 仕事をやめましたか}
programmes:
  - id: sample
    name: 見本の支援
    summary: 見本です
    conditions:
      - id: lost
        text: 仕事をやめた
        when: {fact: lost_job}
        source: {title: 見本の要綱, url: "https://sample-a.example/rules", checked_on: 2026-10-01}
        valid_from: 2020-04-01
        valid_until: 2099-03-31
"""


async def walk_support(walk: Walk) -> dict[str, str]:
    """Returns ids: rules_id, list_id. The tenant sends lists."""
    v1, ids = "/matching/v1", {}
    yaml: dict[str, Any] = {"content": RULES.encode(), "headers": {"Content-Type": "application/yaml"}}
    ids["rules_id"] = (await walk.go("staff", "POST", f"{v1}/support-rules", **yaml))["id"]
    await walk.go("staff", "GET", f"{v1}/support-rules")
    one = v1 + "/support-rules/{rules_id}"
    await walk.go("staff", "GET", one, ids)
    await walk.go("staff", "GET", one + "/changes", ids)
    await walk.go("staff", "POST", one + "/try", ids, json={"answers": {"lost_job": True}})
    await walk.go("staff", "POST", one + "/activate", ids)
    await walk.go("resident", "PUT", f"{v1}/me/support", json={"answers": {"lost_job": True}})
    await walk.go("resident", "GET", f"{v1}/me/support")
    await walk.go("resident", "DELETE", f"{v1}/me/support")
    await walk.go("resident", "PUT", f"{v1}/me/subscriptions", json={"offers": True})
    await walk.go("resident", "GET", f"{v1}/me/subscriptions")
    listed = v1 + "/send-lists/{list_id}"
    for ending in ("approve", "discard"):
        ids["list_id"] = (await walk.go("staff", "POST", f"{v1}/send-lists"))["id"]
        await walk.go("staff", "GET", listed, ids)
        await walk.go("staff", "GET", listed + "/entries", ids)
        await walk.go("staff", "POST", listed + "/" + ending, ids)
    await walk.go("staff", "GET", f"{v1}/send-lists")
    return ids
