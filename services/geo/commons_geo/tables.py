"""Every table geo owns, and the two questions that several queries ask of them. Nobody's person is in any of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE
from commons_chassis.reads import kept
from commons_chassis.tables import Wall, ident, new_metadata, table
from commons_contracts.ids import PlaceId

from .rules.distance import EARTH_RADIUS_KM, Point, latitudes_within

metadata = new_metadata()

places = table(
    "places",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    sa.Column("name", sa.Text, nullable=False, info=NONE),
    sa.Column("country", sa.Text, nullable=False, info=NONE),
    sa.Column("latitude", sa.Double, nullable=False, info=NONE),
    sa.Column("longitude", sa.Double, nullable=False, info=NONE),
    sa.Column("population", sa.Integer, nullable=False, info=NONE),
    sa.Column("zone", sa.Text, nullable=False, info=NONE),
    sa.Index(None, "latitude"),
    wall=Wall.PLATFORM,
)

place_names = table(
    "place_names",
    metadata,
    sa.Column("place", sa.ForeignKey(places.c.id, ondelete="CASCADE"), primary_key=True, info=NONE),
    # Folded, and in the order of code points whatever the database's language: `rules.name.span` counts on it.
    sa.Column("name", sa.Text(collation="C"), primary_key=True, info=NONE),
    sa.Index(None, "name", "place"),
    wall=Wall.PLATFORM,
)

organisation_positions = table(
    "organisation_positions",
    metadata,
    ident(),
    sa.Column("kind", sa.Text, nullable=False, info=NONE),
    # Not a foreign key: an organisation may be heard of before its place is loaded.
    sa.Column("place", sa.Integer, info=NONE),
    sa.Column("latitude", sa.Double, info=NONE),
    sa.Column("longitude", sa.Double, info=NONE),
    wall=Wall.PLATFORM,
    copy_of="profiles",
)

lived_in = table(
    "lived_in",
    metadata,
    # Not a foreign key: somebody may name a place before it is loaded.
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    sa.Column("latitude", sa.Double, info=NONE),
    sa.Column("longitude", sa.Double, info=NONE),
    wall=Wall.PLATFORM,
)
"""Places that somebody has named, nobody knows who, and where they were last told to be."""

LARGEST_ID = 2**31 - 1


POINTS = kept(
    sa.select(places.c.id, places.c.latitude, places.c.longitude).where(
        places.c.id == sa.any_(sa.bindparam("ids", type_=pg.ARRAY(sa.Integer)))
    )
)
"""Where the places of `ids` are."""


def find_places(ids: Iterable[PlaceId]) -> sa.Select[Any]:
    """The places of these ids; one that no place could have is merely unknown."""
    return sa.select(places).where(places.c.id == sa.any_(sa.cast(possible(ids), pg.ARRAY(sa.Integer))))


def possible(ids: Iterable[PlaceId]) -> list[PlaceId]:
    """Of these those that a place could have: the database breaks on the others."""
    return [id for id in ids if 0 < id <= LARGEST_ID]


def kilometres_from(
    point: Point, latitude: sa.ColumnElement[float], longitude: sa.ColumnElement[float]
) -> sa.ColumnElement[float]:
    """`rules.distance.kilometres` as SQL."""
    f = sa.func
    north, east = f.radians(latitude - point.latitude), f.radians(longitude - point.longitude)
    across = f.cos(f.radians(point.latitude)) * f.cos(f.radians(latitude)) * f.power(f.sin(east / 2), 2)
    chord = f.power(f.sin(north / 2), 2) + across
    return (2 * EARTH_RADIUS_KM * f.asin(f.least(1.0, f.sqrt(chord)))).cast(sa.Double)


def within(distance: float, point: Point, latitude: sa.ColumnElement[float]) -> sa.ColumnElement[bool]:
    """What an index on latitude can leave out before distances are reckoned."""
    return latitude.between(*latitudes_within(distance, point))
