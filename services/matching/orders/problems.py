"""What problem documents about orders say, by slug."""

PROBLEMS = {
    "order-state": {
        "ja": "この注文は、いまはそうできません",
        "en": "The order does not stand where this is possible",
    },
    "order-unfinished": {"ja": "まだ終わっていない仕事があります", "en": "Some of its tasks are not done"},
    "task-taken": {"ja": "ほかの人にお願いずみです", "en": "Somebody else was asked first"},
    "task-closed": {"ja": "この仕事は、いまは変えられません", "en": "The task cannot be changed now"},
    "assignment-state": {
        "ja": "この仕事は、いまはそうできません",
        "en": "The assignment does not stand where this is possible",
    },
    "worker-cannot": {"ja": "この人には、いまお願いできません", "en": "The worker cannot be asked for this"},
    "too-many-tasks": {"ja": "仕事が多すぎます", "en": "Too many tasks"},
}
