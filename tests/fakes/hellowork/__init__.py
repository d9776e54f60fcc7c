"""A stand-in for 求人情報提供 (API 2.0): tokens, lists, pages of made-up offers, and the ways in which it may fail."""
