"""The one municipality and the one request that are measured."""

from typing import Any

from shared.tenancy import Tenant

TENANT = "sample-a"
UNLIMITED = 100_000_000
BODY: dict[str, Any] = {"channel": "web", "language": "ja"}


def tenant() -> Tenant:
    """A declared tenant whose limits are counted and never reached."""
    return Tenant.model_validate(
        {
            "kind": "Tenant",
            "metadata": {"name": TENANT},
            "spec": {
                "name": "見本市A",
                "short_name": "見本A",
                "municipality_code": "990019",
                "sample": True,
                "hosts": [f"{TENANT}.localhost"],
                "quotas": {"requests_per_minute": UNLIMITED, "requests_per_minute_per_caller": UNLIMITED},
                "desk": {"name": "見本しごと相談窓口", "phone": "000-000-0000", "hours": "平日 9:00-17:00"},
            },
        }
    )
