"""How far it is on the earth, and which latitudes are worth looking at."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""The mean radius R1 of the GRS 80 ellipsoid (Moritz 2000), in kilometres."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A point in WGS 84 degrees."""

    latitude: float
    longitude: float


def kilometres(a: Point, b: Point) -> float:
    """Along the great circle, by the haversine formula (Sinnott 1984), which stays exact for neighbours."""
    north, east = radians(b.latitude - a.latitude), radians(b.longitude - a.longitude)
    chord = sin(north / 2) ** 2 + cos(radians(a.latitude)) * cos(radians(b.latitude)) * sin(east / 2) ** 2
    # Rounding may carry the chord past 1 on the other side of the earth, where asin ends.
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def latitudes_within(distance: float, of: Point) -> tuple[float, float]:
    """The southernmost and northernmost degree that `distance` kilometres reach: no point outside is that near.

    There is no such simple bound for longitudes: they meet at the poles and wrap at the date line.
    """
    reach = degrees(distance / EARTH_RADIUS_KM)
    return of.latitude - reach, of.latitude + reach
