"""The contracts' closed lists as GraphQL enums, each value with its meaning."""

from __future__ import annotations

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.codes.people import Language

from ..sentences import FAULT, Catalogue
from .criteria import CRITERIA
from .evaluations import EVALUATIONS
from .mentorships import MENTORSHIPS
from .notices import NOTICES
from .people import PEOPLE
from .programmes import PROGRAMMES
from .runs import RUNS
from .sheets import SHEETS
from .words import Words


def _expose(words: Words) -> None:
    for kind, (meaning, values) in words.items():
        strawberry.enum(kind, description=meaning)
        shown: StrawberryEnumDefinition = kind.__strawberry_definition__  # type: ignore[attr-defined]
        for value in shown.values:
            value.description = values.get(value.name)


def expose_codes() -> None:
    """Make every closed list known to the schema; what stands in no catalogue stays without a meaning and fails a test."""
    english = Catalogue.of(Language.EN)
    _expose(CRITERIA)
    _expose(EVALUATIONS)
    _expose(MENTORSHIPS)
    _expose(NOTICES)
    _expose(PEOPLE)
    _expose(PROGRAMMES)
    _expose(RUNS)
    _expose(SHEETS)
    _expose(
        {
            RefusalCode: (
                "Every no that a rule can say. The meanings are what a person is told in general.",
                {code.name: english.plain(code) for code in RefusalCode},
            ),
            FaultCode: (
                "What stands as `code` in the extensions of a top-level error: the request, the caller or the platform failed.",
                {code.name: english.plain(code, FAULT) for code in FaultCode},
            ),
        }
    )
