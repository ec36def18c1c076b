"""Values to put where a schema asks for one: those that fit, and those that hardly do."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import graphql
from hypothesis import strategies as st

from commons_gateway.schema import printed

SCHEMA = graphql.build_schema(printed())
BY_NO_NODE = {"Notice", "SessionTask"}
"""Kinds that have ids, and are no nodes."""
KINDS = sorted({*BY_NO_NODE, *(type_.name for type_ in SCHEMA.get_possible_types(SCHEMA.type_map["Node"]))})


def known(kind: str) -> st.SearchStrategy[str]:
    return st.integers(0, 9).map(lambda which: f"@{kind}:{which}")


NUMBERS = st.integers() | st.sampled_from(
    [0, -1, 1, 100, 101, 2**31 - 1, 2**31, -(2**31) - 1, 2**53, 2**63 - 1, 10**30]
)
ODD_WORDS = "Umeå sv SE 0613 % _ \\ ' \" ';-- {} $1 :x a\u0301 ﬀ İ \u202e \ufeff \u200b 🧑🏽\u200d🔬 \U0010ffff ß 1e9 NaN null ../.. <b> %00"
WORDS = st.sampled_from([*ODD_WORDS.split(), "", " ", "\r\n", "a" * 5_000])
TEXTS = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=60) | WORDS
MADE_UP = st.tuples(
    st.sampled_from([*KINDS, "", "Nothing", "Query"]), TEXTS | NUMBERS.map(str) | st.uuids().map(str)
).map(lambda made: urlsafe_b64encode(f"{made[0]}:{made[1]}".encode()).decode().rstrip("="))
IDS = st.one_of([known(kind) for kind in KINDS]) | MADE_UP | TEXTS
CURSORS = known("cursor") | MADE_UP | TEXTS
GOOD_TEXTS = st.sampled_from(["westem", "Ume", "Hello, I would like to learn how you became what you are.", "sv", "A"])
MOMENTS = st.datetimes().map(lambda at: at.isoformat()) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30", ""]
)
GOOD_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.isoformat() + "Z")  # noqa: DTZ001
DAYS = st.dates().map(str) | st.sampled_from(["0000-00-00", "20261001", "2026-W01-1", ""])
GOOD_DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str)
VALUES: Mapping[str, tuple[st.SearchStrategy[Any], st.SearchStrategy[Any]]] = {
    "ID": (IDS, MADE_UP | TEXTS),
    "String": (GOOD_TEXTS, TEXTS | CURSORS),
    "Int": (st.integers(0, 20), NUMBERS),
    "Float": (st.floats(-180, 180), st.floats() | st.sampled_from([90.0, -90.0, 180.0, 1e308, 5e-324])),
    "Boolean": (st.booleans(), st.booleans()),
    "CountryCode": (st.sampled_from(["SE", "NO", "IT", "GR"]), st.sampled_from(["XX", "ZZ", "se", ""]) | TEXTS),
    "LanguageTag": (st.sampled_from(["sv", "nb", "en", "se"]), st.sampled_from(["xx", "zz-ZZ", ""]) | TEXTS),
    "TimeZone": (
        st.sampled_from(["Europe/Stockholm", "UTC"]),
        st.sampled_from(["Nowhere/Else", "Etc/GMT-14", "posix/UTC", "localtime", ""]) | TEXTS,
    ),
    "FieldCode": (st.sampled_from(["0613", "06", "0714"]), st.sampled_from(["9999", ""]) | TEXTS),
    "DateTime": (GOOD_MOMENTS, MOMENTS),
    "Date": (GOOD_DAYS, DAYS),
}
"""What fits a scalar, and what hardly does."""
RARELY, NEVER = 12, 0
"""One value in so many is of the second kind. A request is turned away for the first value that does not fit: many have none."""
ODD = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


def mostly(good: st.SearchStrategy[Any], odd: st.SearchStrategy[Any], often: int = RARELY) -> st.SearchStrategy[Any]:
    """One kind of value, and once in `often` the other."""
    return st.integers(1, often).flatmap(lambda one: odd if one == often else good) if often else good
