"""The lists that come with the service: fields of education, and the universities of Europe."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from commons_contracts.codes import OrganisationKind
from commons_contracts.ids import FieldCode, PlaceId
from commons_contracts.profiles import OrganisationEntry

BATCH = 500


def _rows(name: str) -> Iterator[Mapping[str, str]]:
    with (files("commons_profiles") / "data" / name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)


@cache
def stem_fields() -> frozenset[FieldCode]:
    """The codes of ISCED-F 2013 for STEM: broad, narrow and detailed fields of 05, 06 and 07."""
    return frozenset(row["code"] for row in _rows("isced_f_stem.csv"))


def universities() -> Iterator[tuple[OrganisationEntry, ...]]:
    """Batches for RegisterOrganisations, identified by their domains; some have no position."""
    entries = [_university(row) for row in _rows("universities.csv")]
    for start in range(0, len(entries), BATCH):
        yield tuple(entries[start : start + BATCH])


def _university(row: Mapping[str, str]) -> OrganisationEntry:
    return OrganisationEntry(
        kind=OrganisationKind.UNIVERSITY,
        name=row["name"],
        country=row["country"],
        city=row["city"],
        website=row["website"],
        place=PlaceId(int(row["place"])) if row["place"] else None,
        latitude=float(row["latitude"]) if row["latitude"] else None,
        longitude=float(row["longitude"]) if row["longitude"] else None,
        identifiers={"domain": row["domain"]},
    )
