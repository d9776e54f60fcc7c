"""The documents of the floor: field for field what intake and matching write, so that both move the same bytes."""

from datetime import datetime
from typing import Any

Document = dict[str, Any]
TYPE = "banso.intake.resident.registered.v1"


def event_of(resident_id: str, event_id: str, now: datetime, tenant: str) -> Document:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/intake",
        "type": TYPE,
        "subject": resident_id,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
        "tenantid": tenant,
        "sequence": 1,
        "correlationid": event_id,
        "actor": "key:sample000000",
        "data": {
            "resident_id": resident_id,
            "channel": "web",
            "anonymous": True,
            "municipality_code": "990019",
        },
    }


def resident_of(resident_id: str, now: datetime, tenant: str) -> Document:
    return {
        "_id": resident_id,
        "tenant_id": tenant,
        "version": 1,
        "channel": "web",
        "language": "ja",
        "created_at": now,
        "order": f"{int(now.timestamp() * 1000):013d}{resident_id}",
        "contacts": None,
        "line_at": None,
        "commands": [{"key": "k" * 40, "fingerprint": "f" * 40}],
    }


def known_of(event: Document) -> Document:
    """What matching keeps of a resident."""
    return {
        "_id": event["subject"],
        "tenant_id": event["tenantid"],
        "version": 1,
        "channel": event["data"]["channel"],
        "anonymous": event["data"]["anonymous"],
        "municipality_code": event["data"]["municipality_code"],
        "registered_at": datetime.fromisoformat(event["time"]),
    }


def step_of(event: Document) -> Document:
    """A line of the case timeline."""
    at = datetime.fromisoformat(event["time"])
    return {
        "_id": event["id"],
        "tenant_id": event["tenantid"],
        "resident_id": event["subject"],
        "order": f"{int(at.timestamp() * 1000):013d}-{event['sequence']:06d}-{event['id']}",
        "at": at,
        "type": event["type"],
        "source": event["source"],
        "actor": event["actor"],
        "sequence": event["sequence"],
        "ids": {},
    }
