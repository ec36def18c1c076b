"""Values that are more than a string: what they may look like, and which specification says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

CountryCode = NewType("CountryCode", str)
LanguageTag = NewType("LanguageTag", str)
TimeZone = NewType("TimeZone", str)
FieldCode = NewType("FieldCode", str)
Params = NewType("Params", dict[str, Any])


class Unreadable(ValueError):
    """A value that is not written as its scalar is. What it says is for who wrote it."""


def _matching(pattern: str, example: str) -> Callable[[object], str]:
    shape = re.compile(pattern)

    def parse(value: object) -> str:
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise Unreadable(f"Write it like {example!r}.")
        return value

    return parse


def _moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise Unreadable("Write it like '2026-09-10T00:00:00+02:00'.")
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise Unreadable("Write it like '2026-09-10T00:00:00+02:00'.") from None
    if read.tzinfo is None:
        raise Unreadable("Say which offset from UTC, such as Z or +02:00.")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise Unreadable("Write a moment of the years 1 to 9999.") from None


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Unreadable("Write it like '2026-09-10'.") from None


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC, as in `2026-09-09T22:00:00Z`. Any offset is understood, but there must be one.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339#section-5.6",
        serialize=_utc,
        parse_value=_moment,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day without a time, as in `2026-10-01`.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339#section-5.6",
        serialize=date.isoformat,
        parse_value=_day,
    ),
    CountryCode: strawberry.scalar(
        name="CountryCode",
        description="A country by its two capital letters of ISO 3166-1, as in `SE`.",
        specified_by_url="https://www.iso.org/standard/72482.html",
        parse_value=_matching("[A-Z]{2}", "SE"),
    ),
    LanguageTag: strawberry.scalar(
        name="LanguageTag",
        description="A language by its tag of BCP 47, as in `sv`.",
        specified_by_url="https://www.rfc-editor.org/info/bcp47",
        parse_value=_matching("[a-z]{2,3}(-[A-Z]{2})?", "sv"),
    ),
    TimeZone: strawberry.scalar(
        name="TimeZone",
        description="A time zone by its IANA name, as in `Europe/Stockholm`.",
        specified_by_url="https://www.iana.org/time-zones",
        parse_value=_matching("[A-Za-z]+(/[A-Za-z_+-]+)*", "Europe/Stockholm"),
    ),
    FieldCode: strawberry.scalar(
        name="FieldCode",
        description="A field of study or work by its code of ISCED-F 2013, as in `0613`; `06` stands for all below it.",
        specified_by_url="https://uis.unesco.org/sites/default/files/documents/isced-fields-of-education-and-training-2013-en.pdf",
        parse_value=_matching("[0-9]{2,4}", "0613"),
    ),
    Params: strawberry.scalar(
        name="Params",
        description="The parameters of a refusal as a JSON object: what would be allowed, when, or what is missing.",
        specified_by_url="https://www.rfc-editor.org/info/std90",
    ),
}
