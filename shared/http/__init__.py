"""HTTP as every service speaks it: problem details, idempotency, limits, paging, correlation."""
