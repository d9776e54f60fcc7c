"""Whether somebody can do what they are given in time: their minutes of each day against jobs that begin on a day and are due on another.

Days count from 0, the first day of the plan. A job may be spread over days and interrupted. Such jobs fit if and only if for every first day r and last
day d those that lie within [r, d] need no more than the minutes of these days; working on what is due first then fits them.
Source: W. A. Horn, Some simple scheduling algorithms, Naval Research Logistics Quarterly 21 (1974), 177-185.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """`due` is the last day that may be worked on it."""

    key: int
    release: int
    due: int
    minutes: int


Days = dict[int, int]
"""Day -> minutes."""


def schedule(jobs: Sequence[Job], free: Sequence[int]) -> dict[int, Days] | None:
    """Minutes of each job by day, what is due first first; None when they do not fit."""
    ordered = sorted(jobs, key=lambda job: (job.due, job.release, job.key))
    left = {job.key: job.minutes for job in ordered}
    found: dict[int, Days] = {job.key: {} for job in ordered}
    for day, minutes in enumerate(free):
        for job in ordered:
            if not minutes:
                break
            if job.release <= day <= job.due and left[job.key]:
                taken = min(minutes, left[job.key])
                found[job.key][day] = taken
                left[job.key] -= taken
                minutes -= taken
    return None if any(left.values()) else found


def fits(jobs: Sequence[Job], free: Sequence[int]) -> bool:
    return schedule(jobs, free) is not None


def room(free: Sequence[int], release: int, due: int) -> int:
    """Minutes from the day `release` to the day `due`."""
    return sum(free[release : due + 1]) if release <= due else 0
