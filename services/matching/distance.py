"""How far apart two places are."""

import math

EARTH_KM = 6371.0088
"""The mean radius. Source: IUGG, Geodetic Reference System 1980."""
Place = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""


def km_between(one: Place, other: Place) -> float:
    """Kilometres along the great circle, by the haversine formula (Sinnott, Sky and Telescope 68, 1984)."""
    (lat1, lng1), (lat2, lng2) = ((math.radians(a), math.radians(b)) for a, b in (one, other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lng2 - lng1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))
