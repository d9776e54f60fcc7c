"""Yes, no, and cannot say yet: Kleene's strong three-valued logic. None is what cannot be said.

What is said does not depend on what is unknown: whatever the unknown parts turn out to be, a yes stays yes and a no stays no.
Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from collections.abc import Sequence

Truth = bool | None


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


def all_of(truths: Sequence[Truth]) -> Truth:
    """No as soon as one is no; yes when every one is."""
    if False in truths:
        return False
    return None if None in truths else True


def any_of(truths: Sequence[Truth]) -> Truth:
    """Yes as soon as one is yes; no when every one is."""
    if True in truths:
        return True
    return None if None in truths else False


def at_least(count: int, truths: Sequence[Truth]) -> Truth:
    """Whether `count` of them or more are yes: no once so many cannot be reached any more."""
    certain = sum(truth is True for truth in truths)
    if certain >= count:
        return True
    possible = certain + sum(truth is None for truth in truths)
    return False if possible < count else None
