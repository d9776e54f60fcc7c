"""Titles of the problems that only notify has."""

TITLES: dict[str, dict[str, str]] = {
    "missing-personalisation": {
        "ja": "文面に入れる値が足りません",
        "en": "The template needs values that were not given",
    },
    "unknown-template": {"ja": "その文面はありません", "en": "There is no such template"},
    "unknown-placeholder": {
        "ja": "文面の中に、値の入らない場所があります",
        "en": "The text has a placeholder that nothing fills",
    },
    "endpoint-disabled": {"ja": "送り先は止まっています", "en": "The endpoint is disabled"},
}
