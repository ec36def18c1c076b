"""What geo answers: places, where organisations are, and how far it is."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from .base import Command, Entry, Event, Message, Query
from .codes import OrganisationKind
from .ids import Country, OrganisationId, PlaceId, Tongue, Zone
from .profiles import BatchView

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Kilometres = Annotated[float, Field(gt=0, le=5000)]


class PlaceView(Message):
    """A populated place; coordinates are its centre's."""

    id: PlaceId
    name: str
    country: Country
    latitude: float
    longitude: float
    population: int
    zone: Zone


class NearView(Message):
    """An organisation and how far it is, in kilometres along the great circle."""

    organisation: OrganisationId
    kind: OrganisationKind
    latitude: float
    longitude: float
    kilometres: float


class DistanceView(Message):
    place: PlaceId
    kilometres: float | None


class Places(Message):
    items: tuple[PlaceView, ...]


class Nearby(Message):
    items: tuple[NearView, ...]


class Distances(Message):
    items: tuple[DistanceView, ...]


class PlaceIds(Message):
    ids: tuple[PlaceId, ...]


class PlaceEntry(Message):
    id: PlaceId
    name: str
    ascii_name: str
    other_names: tuple[str, ...] = ()
    country: Country
    latitude: Latitude
    longitude: Longitude
    population: int
    zone: Zone


class LoadPlaces(Command[BatchView], entry=Entry.OPERATOR):
    """Reference data: stored or replaced by id. Of the places that somebody lives in it is told where they are."""

    items: Annotated[tuple[PlaceEntry, ...], Field(max_length=5000)]


class PlacesByIds(Query[Places], entry=Entry.ANYONE):
    ids: tuple[PlaceId, ...]


class PlacesNamed(Query[Places], entry=Entry.ANYONE):
    """By the beginning of a name in any script, largest first."""

    name: Annotated[str, Field(min_length=1, max_length=80)]
    country: Country | None = None
    language: Tongue = "en"
    first: Annotated[int, Field(ge=1, le=20)] = 10


class PlacesWithin(Query[PlaceIds], entry=Entry.ANYONE):
    """Ids of the places within a distance of one place, nearest first; at most 2,000."""

    place: PlaceId
    kilometres: Kilometres


class OrganisationsNear(Query[Nearby], entry=Entry.ANYONE):
    """From a place, or from a point: exactly one of the two."""

    place: PlaceId | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    kilometres: Kilometres = 50
    kinds: tuple[OrganisationKind, ...] = ()
    first: Annotated[int, Field(ge=1, le=100)] = 20


class DistancesFrom(Query[Distances], entry=Entry.ANYONE):
    """For cards: from one place to many, None where a place is unknown."""

    place: PlaceId
    to: tuple[PlaceId, ...]


class PlaceLocated(Event, of="located"):
    """Where the centre of a place is that somebody lives in or near; nothing tells who, and nothing is finer than a place."""

    located: UUID
    place: PlaceId
    latitude: Latitude
    longitude: Longitude
