"""Where people stand: a grid of 250 m through the Earth, on which distances are whole numbers, equal on every machine."""

from __future__ import annotations

from math import cos, radians, sin

EARTH_KM = 6371.0
GRAIN_KM = 0.25


def ground(at: tuple[float, float] | None) -> tuple[int, int, int]:
    """Degrees north and east as a point in 250 m from the middle of the Earth; the middle itself where it is not known."""
    if at is None:
        return 0, 0, 0
    north, east = radians(at[0]), radians(at[1])
    out = EARTH_KM / GRAIN_KM
    return round(out * cos(north) * cos(east)), round(out * cos(north) * sin(east)), round(out * sin(north))


def chord(km: float) -> int:
    """The straight line through the Earth to a point so far away over ground, in 250 m; at least 1."""
    return max(1, round(2 * EARTH_KM * sin(min(km, 20_000.0) / (2 * EARTH_KM)) / GRAIN_KM))
