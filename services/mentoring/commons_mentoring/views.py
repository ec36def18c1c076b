"""How mentoring shows its things to others."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from commons_contracts.codes import ProgrammeState
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import ProgrammeRules, ProgrammeTexts, ProgrammeView

from .rules.design import Design, advice, missing
from .rules.programme import Programme


def programme_view(programme: Programme) -> ProgrammeView:
    return view_of(
        id=programme.id,
        number=programme.number,
        state=programme.state,
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
        rules=programme.rules,
        texts=programme.texts,
    )


def view_of(
    *,
    id: UUID,
    number: int,
    state: ProgrammeState,
    starts_on: date | None,
    ends_on: date | None,
    rules: ProgrammeRules,
    texts: ProgrammeTexts,
) -> ProgrammeView:
    """The keywords are the columns of `programmes` that are shown."""
    design = Design(rules=rules, texts=texts)
    return ProgrammeView(
        id=ProgrammeId(id),
        version=number,
        state=state,
        starts_on=starts_on,
        ends_on=ends_on,
        rules=rules,
        texts=texts,
        missing=missing(design),
        advice=advice(design),
    )
