"""What both peers show alike: codes, and how a mentor describes herself and fits."""

from __future__ import annotations

import strawberry

from commons_contracts.codes import ActiveBand, Cefr, Criterion

strawberry.enum(ActiveBand)
strawberry.enum(Cefr)
strawberry.enum(Criterion)


@strawberry.type
class SpokenLanguage:
    language: str
    level: Cefr


@strawberry.type
class Description:
    fields: list[str]
    country: str | None
    languages: list[SpokenLanguage]


@strawberry.type
class FitPart:
    criterion: Criterion
    points: int
    most: int


@strawberry.type
class Fit:
    points: int
    parts: list[FitPart]


@strawberry.type
class Introduction:
    text: str
    published: bool


@strawberry.type
class PageInfo:
    end_cursor: str | None
    has_next_page: bool


@strawberry.interface
class Node:
    id: strawberry.ID
