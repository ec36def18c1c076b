"""From where a distance is reckoned."""

from __future__ import annotations

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import PlaceId

from .distance import Point


def origin(place: PlaceId | None, latitude: float | None, longitude: float | None) -> PlaceId | Point:
    """A place or a whole point, and not both: with two origins it would be chance which one is meant."""
    if place is not None and latitude is None and longitude is None:
        return place
    if place is None and latitude is not None and longitude is not None:
        return Point(latitude=latitude, longitude=longitude)
    raise Refusal(
        RefusalCode.BBOX_INVALID,
        "Ask from a place, or from a point with its latitude and longitude.",
        either=["place"],
        otherwise=["latitude", "longitude"],
    )
