"""What the engine knows of a member: her card, in its words."""

from __future__ import annotations

from dataclasses import replace

from commons_contracts.codes import Criterion, Modality
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.mentoring import MatchRules
from commons_contracts.profiles import Description

from .engine.people import Profile
from .engine.weights import Rules, rules_of


def profile_of(
    person: PersonId,
    project: ProjectId,
    told: Description,
    *,
    ready: bool = True,
    minor: bool = False,
    places: int = 1,
) -> Profile:
    """ready: introduced and not paused.

    How far apart two people live is not known here, only the names of their places. So a wish to meet face to face keeps
    nobody out: the two read it on the card, and see for themselves.
    """
    return Profile(
        person=person,
        projects=(project,),
        fields=told.fields,
        languages=tuple((speaks.language, speaks.level) for speaks in told.languages),
        country=told.country,
        place=told.place,
        modality=Modality.MIXED if told.modality is Modality.FACE_TO_FACE else told.modality,
        hours=told.hours,
        goals=told.goals,
        stage=told.stage,
        ready=ready,
        minor=minor,
        places=places,
    )


NOT_ON_CARDS = (Criterion.GENDER, Criterion.BACKGROUND)
"""What no card tells counts for nobody, as if it were asked for and nobody had agreed."""


def choosing(published: MatchRules) -> Rules:
    """The rules by which a mentee is shown whom to ask: what is not told counts nothing, and keeps nobody out."""
    rules = rules_of(published)
    return replace(rules, needed=(), untold_language=True, opt_in=tuple(sorted({*rules.opt_in, *NOT_ON_CARDS})))
