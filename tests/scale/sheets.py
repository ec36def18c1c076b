"""People of a round as a coordinator has them: tables of rows, in the platform's own words."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from bench_matching.grounds import people

from commons_contracts.codes import Role
from commons_matching.rules.engine.people import Profile
from commons_profiles.lists import stem_fields

MOST_ROWS = 5_000
FIELDS = sorted(code for code in stem_fields() if len(code) == len("0714"))
HEADER = (
    "DISPLAY_NAME",
    "ADDRESS",
    "BIRTH",
    "COUNTRY",
    "PLACE",
    "FIELDS",
    "SPOKEN",
    "GOALS",
    "STAGE",
    "MODALITY",
    "PLACES",
)
Towns = dict[str, Sequence[int]]
"""GeoNames ids by country."""


def tables(role: Role, mentors: int, mentees: int, seed: int, towns: Towns) -> Iterator[tuple[int, bytes]]:
    """(rows, content) of as many tables as it takes. The same people for the same seed."""
    crowd = people(mentors, mentees, seed)
    everyone = crowd.mentors if role is Role.MENTOR else crowd.mentees
    for first in range(0, len(everyone), MOST_ROWS):
        part = everyone[first : first + MOST_ROWS]
        text = io.StringIO()
        sheet = csv.writer(text)
        sheet.writerow(HEADER)
        sheet.writerows(_row(role, n, one, towns) for n, one in enumerate(part, first))
        yield len(part), text.getvalue().encode()


def _row(role: Role, n: int, one: Profile, towns: Towns) -> list[object]:
    near = towns.get(one.country or "", ())
    return [
        f"{role.value.title()} {n}",
        f"{role.value.lower()}-{n}@example.org",
        1960 + n % 40,
        one.country,
        near[(one.place or 0) % len(near)] if near else "",
        ";".join({FIELDS[int(code) % len(FIELDS)]: None for code in one.fields}),
        ";".join(f"{tongue} ({level})" for tongue, level in one.languages),
        ";".join(one.goals),
        one.stage,
        one.modality,
        one.places if role is Role.MENTOR else "",
    ]
