"""The score of all offers at once: what the terms of `blend.Blend` sum to, to the point.

The same additions, multiplications and divisions in the same order as there, elementwise in float64, each term rounded to a whole number
(half to even, as Python's `round`) before it is added. Nothing is summed across offers, so neither the machine nor its number of threads
has a say. The two are one rule written twice, for speed; a test holds them together, and the terms of what is proposed are those of `Blend`.
"""

import numpy as np

from services.matching.engine.blend import LEARNED, LOOKED_AT, RECIPROCAL, RESPONSE, THOUSAND, Blend
from services.matching.engine.columns import PROFILE, Columns
from services.matching.engine.reciprocal import NEUTRAL
from services.matching.engine.words import Floats, Ints
from services.matching.policy import PUSHED_AT_MOST, Push
from services.matching.scoring import (
    AT_HOME,
    BY_WISH,
    FULL_RAISE,
    HOURS,
    INTERESTS,
    NEIGHBOURING,
    SKILLS,
    TAGS,
    VALUES,
    WAGE,
    liked_tags,
)
from services.matching.values import SCALES, shares

Families = dict[str, Floats]
"""Whole points by family of terms, one number per row."""


def points(blend: Blend, columns: Columns, rows: Ints) -> Ints:
    """The scores of `rows`."""
    families = _known(blend, columns, rows)
    total = np.zeros(rows.size)
    for found in families.values():
        total += found
    total += _learned(blend, columns, rows, families)
    total += _reciprocal(blend, columns, rows, total)
    total += _beyond(blend, columns, rows)
    return total.astype(np.int64)


def _known(blend: Blend, columns: Columns, rows: Ints) -> Families:
    """The families of `scoring.terms`."""
    importance: dict[str, float] = {
        **{scale: VALUES * share for scale, share in blend.seeker.profile.importance().items()},
        **{calling: INTERESTS * share for calling, share in shares(blend.seeker.callings).items()},
    }
    found = {"values": np.zeros(rows.size), "interests": np.zeros(rows.size)}
    if importance:
        standings = columns.standings(blend.given.norms)
        for row, name in enumerate(PROFILE):
            if name in importance:
                family = found["values" if name in SCALES else "interests"]
                family += np.rint(importance[name] * standings[row][rows])
    return {
        **found,
        "hours": _hours(blend, columns, rows),
        "area": _area(blend, columns, rows),
        "wage": _wage(blend, columns, rows),
        "tags": _tags(blend, columns, rows),
        "skills": _skills(blend, columns, rows),
    }


def _hours(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    wished = blend.seeker.wishes.hours
    if not wished:
        return np.zeros(rows.size)
    weeks = columns.words.weeks
    common, offered = weeks.common(wished), np.array(weeks.minutes, np.int64)
    lesser = np.minimum(offered, blend.wished_minutes)
    fit = 2 * common / np.where(offered > 0, lesser, 1) - 1
    by_week = np.where(offered > 0, np.rint(HOURS * fit), 0.0)
    return np.where(columns.cells.agreed[rows], float(HOURS), by_week[columns.cells.week[rows]])


def _area(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    seeker, areas = blend.seeker, columns.words.areas
    near = np.where(columns.cells.remote[rows], float(BY_WISH), float(NEIGHBOURING))
    area = columns.cells.area[rows]
    wished = areas.each(lambda code: code in seeker.wishes.areas, np.bool_)[area]
    at_home = areas.each(lambda code: code == seeker.home, np.bool_)[area]
    return np.where(at_home, float(AT_HOME), np.where(wished, float(BY_WISH), near))


def _wage(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    floor = blend.seeker.wishes.wage_floor
    if not floor:
        return np.zeros(rows.size)
    wage = columns.cells.wage[rows]
    more = np.rint(WAGE * np.minimum(1.0, (wage - floor) / (floor * FULL_RAISE)))
    return np.where(wage < 0, 0.0, more)


def _tags(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    seeker = blend.seeker
    if not seeker.liked:
        return np.zeros(rows.size)
    found = _share_of_tags(columns, {tag for tags in seeker.liked.values() for tag in tags}, TAGS)[
        columns.cells.tags[rows]
    ]
    # what an offer has in common with itself says nothing: those that were liked are counted one by one
    for offer_id in seeker.liked:
        row = columns.row_of.get(offer_id)
        if row is not None:
            tags = columns.offers[row].tags
            seen = liked_tags(seeker, offer_id)
            common = sum(tag in seen for tag in tags)
            found[rows == row] = round(TAGS * common / len(tags)) if tags else 0
    return np.asarray(found)


def _skills(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    skills = blend.seeker.wishes.skills
    if not skills:
        return np.zeros(rows.size)
    return np.asarray(_share_of_tags(columns, set(skills), SKILLS)[columns.cells.tags[rows]])


def _share_of_tags(columns: Columns, wanted: set[str], most: int) -> Floats:
    """By list of tags: `most` for one whose every tag is wanted."""
    lists = columns.words.tags
    return np.asarray(np.rint(most * lists.within(wanted) / np.maximum(lists.lengths(), 1)))


def _learned(blend: Blend, columns: Columns, rows: Ints, families: Families) -> Floats:
    found = np.zeros(rows.size)
    model = blend.model
    if model is None:
        return found
    if blend.said:
        places = columns.columns_of_model(model.hash, model.offers)[rows]
        found += np.rint(LEARNED * blend.said.shares(places))
    if model.logistic.version:
        evidence = np.zeros(rows.size)
        for name in sorted(LOOKED_AT):
            evidence += model.logistic.weights.get(name, 0.0) * (families[name] / THOUSAND)
        found += np.rint(RESPONSE * (evidence / (1 + np.abs(evidence))))
    return found


def _reciprocal(blend: Blend, columns: Columns, rows: Ints, so_far: Floats) -> Floats:
    wishes = blend.seeker.wishes
    if not blend.given.policy.reciprocal or not (wishes.hours or wishes.skills):
        return np.zeros(rows.size)
    weeks, lists = columns.words.weeks, columns.words.tags
    brought, known = np.zeros(rows.size), np.zeros(rows.size)
    if wishes.hours:
        minutes = np.array(weeks.minutes, np.int64)
        week = columns.cells.week[rows]
        brought += (weeks.common(wishes.hours) / np.maximum(minutes, 1))[week]
        known += weeks.each(bool, np.bool_)[week]
    if wishes.skills:
        lengths, tags = lists.lengths(), columns.cells.tags[rows]
        brought += (lists.within(wishes.skills) / np.maximum(lengths, 1))[tags]
        known += (lengths > 0)[tags]
    brings = brought / np.maximum(known, 1)
    wanted = 0.5 + so_far / (2 * (np.abs(so_far) + NEUTRAL))
    # `wanted` is never 0
    both = 2 * wanted * brings / (wanted + brings)
    return np.where(known > 0, np.rint(RECIPROCAL * (both - wanted)), 0.0)


def _beyond(blend: Blend, columns: Columns, rows: Ints) -> Floats:
    """What exposure and declared pushes add; nothing to offers that have enough applicants."""
    words, cells = columns.words, columns.cells
    found = np.zeros(rows.size)
    if blend.given.policy.exposure:
        found += words.companies.each(blend.exposure.of, np.float64)[cells.company[rows]]
    pushed = np.zeros(rows.size)
    for push in blend.given.policy.pushes:
        if blend.today <= push.until:
            pushed += np.where(_concerned(push, columns)[rows], float(push.points), 0.0)
    found += np.minimum(float(PUSHED_AT_MOST), pushed)
    crowded = [row for one in blend.given.crowded if (row := columns.row_of.get(one)) is not None]
    return np.where(np.isin(rows, crowded), 0.0, found) if crowded else found


def _concerned(push: Push, columns: Columns) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    words, cells = columns.words, columns.cells
    named = words.industries.each(push.names, np.bool_)[cells.industry]
    tagged = (words.tags.within(push.tags) > 0)[cells.tags]
    return np.asarray(named | tagged)
