"""The sample journey: one resident of sample municipality A and one of B, walked through the running stack.

`make demo` tells it as a story; `tests/e2e` walks the same journey and asserts what happened.
"""
