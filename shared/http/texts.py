"""Titles of problems and messages about fields, in Japanese and English."""

from collections.abc import Mapping
from typing import Any

TITLES: dict[str, dict[str, str]] = {
    "invalid": {"ja": "入力に誤りがあります", "en": "The input is not valid"},
    "unauthenticated": {"ja": "認証が必要です", "en": "A valid credential is needed"},
    "forbidden": {"ja": "この操作は許可されていません", "en": "This credential may not do that"},
    "not-found": {"ja": "見つかりません", "en": "Not found"},
    "method-not-allowed": {"ja": "この方法では呼び出せません", "en": "Method not allowed"},
    "too-large": {"ja": "送られたデータが大きすぎます", "en": "The body is too large"},
    "conflict": {"ja": "現在の状態ではできません", "en": "The present state does not allow this"},
    "stale-version": {"ja": "ほかの人が先に変更しました", "en": "Somebody else changed it first"},
    "idempotency-conflict": {
        "ja": "同じ Idempotency-Key が別の内容で使われています",
        "en": "The Idempotency-Key was used with another body",
    },
    "too-many-requests": {"ja": "リクエストが多すぎます", "en": "Too many requests"},
    "unavailable": {
        "ja": "いま応答できません。少し待ってからお試しください",
        "en": "Not available now, try again shortly",
    },
    "internal": {"ja": "内部エラーが起きました", "en": "Something went wrong here"},
}

FIELDS_JA: dict[str, str] = {
    "missing": "必須の項目です",
    "extra_forbidden": "この項目は受け付けていません",
    "json_invalid": "JSON として読めません",
    "string_type": "文字列にしてください",
    "string_too_short": "{min_length} 文字以上にしてください",
    "string_too_long": "{max_length} 文字以内にしてください",
    "string_pattern_mismatch": "形式が正しくありません",
    "int_type": "整数にしてください",
    "int_parsing": "整数にしてください",
    "int_from_float": "整数にしてください",
    "float_type": "数値にしてください",
    "float_parsing": "数値にしてください",
    "bool_type": "true か false にしてください",
    "bool_parsing": "true か false にしてください",
    "list_type": "配列にしてください",
    "tuple_type": "配列にしてください",
    "dict_type": "オブジェクトにしてください",
    "model_type": "オブジェクトにしてください",
    "model_attributes_type": "オブジェクトにしてください",
    "too_short": "{min_length} 件以上にしてください",
    "too_long": "{max_length} 件以内にしてください",
    "greater_than": "{gt} より大きくしてください",
    "greater_than_equal": "{ge} 以上にしてください",
    "less_than": "{lt} より小さくしてください",
    "less_than_equal": "{le} 以下にしてください",
    "literal_error": "{expected} のどれかにしてください",
    "enum": "{expected} のどれかにしてください",
    "date_from_datetime_parsing": "日付（2026-12-01 の形）にしてください",
    "date_parsing": "日付（2026-12-01 の形）にしてください",
    "date_type": "日付（2026-12-01 の形）にしてください",
    "datetime_from_date_parsing": "日時にしてください",
    "datetime_parsing": "日時にしてください",
    "timezone_aware": "時差（+09:00 など）を付けてください",
    "url_parsing": "URL にしてください",
    "url_scheme": "{expected_schemes} で始まる URL にしてください",
}


def field_text(kind: str, context: Mapping[str, Any], english: str, lang: str) -> str:
    """What is wrong with a field, in `lang`; pydantic's own English where there is no Japanese."""
    template = FIELDS_JA.get(kind) if lang == "ja" else None
    if template is None:
        return english
    try:
        return template.format(**context)
    except KeyError:
        return english
