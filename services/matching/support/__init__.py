"""Support programmes by situation: rules as data, judged in three-valued logic. A guide, never a decision: that is the municipality's.

Nothing here is seen by what proposes work: `tests/contract/test_support_apart.py`.
"""
