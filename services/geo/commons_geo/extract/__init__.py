"""The places of Europe as they come with the package, for whoever seeds a platform (README.md beside this file)."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from importlib.resources import files
from itertools import islice

from commons_contracts.geo import PlaceEntry
from commons_contracts.ids import PlaceId

from ..rules.name import unaccented

COLUMNS = ("id", "name", "country", "latitude", "longitude", "population", "zone", "other_names")
"""The file has a line for each of them: its name and then its value for each place, separated by tabs."""


def places() -> Iterator[PlaceEntry]:
    """All places, by country, zone and id."""
    packed = files(__package__).joinpath("europe.tsv.gz").read_bytes()
    lines = (line.split("\t") for line in gzip.decompress(packed).decode().split("\n"))
    columns = {name: values for name, *values in lines}
    for id_, name, country, latitude, longitude, population, zone, others in zip(
        *(columns[name] for name in COLUMNS), strict=True
    ):
        yield PlaceEntry(
            id=PlaceId(int(id_)),
            name=name,
            ascii_name=unaccented(name),
            other_names=tuple(others.split("|")) if others else (),
            country=country,
            latitude=float(latitude),
            longitude=float(longitude),
            population=int(population),
            zone=zone,
        )


def place_batches(size: int = 2000) -> Iterator[tuple[PlaceEntry, ...]]:
    """All places in batches for LoadPlaces; 2,000 of them stay well below the megabyte that a message may have."""
    rest = places()
    while batch := tuple(islice(rest, size)):
        yield batch
