"""What the engine knows of a member: her card and what else was heard of her, in its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from commons_contracts.codes import Background, Criterion, Gender, Role
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.mentoring import MatchRules, ProgrammeRules
from commons_contracts.profiles import Description

from .engine.people import Profile
from .engine.weights import Rules, rules_of
from .training import Held, missing

BINARY = {Gender.WOMAN: True, Gender.MAN: False}


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """Everything that matching knows of one person in a project.

    shown: her introduction is out, or a coordinator's table brought her, and she has not paused. member: she has the role
    still, and her age is known. `consents` holds the codes that she told with each. at: the centre of the place she lives
    in or near, degrees north and east.
    """

    person: PersonId
    told: Description = field(default_factory=Description)
    shown: bool = True
    member: bool = True
    adult: bool = True
    consents: Mapping[Criterion, tuple[str, ...]] = field(default_factory=dict)
    trained: Held = field(default_factory=dict)
    vetted_until: date | None = None
    at: tuple[float, float] | None = None
    acknowledged: bool = True

    @property
    def woman(self) -> bool | None:
        """None: she has not told, or is neither woman nor man: then gender is skipped for her, as if she had not agreed."""
        told = self.consents.get(Criterion.GENDER)
        return BINARY.get(Gender(told[0])) if told else None

    @property
    def background(self) -> tuple[Background, ...]:
        return tuple(map(Background, self.consents.get(Criterion.BACKGROUND, ())))

    @property
    def opted_in(self) -> tuple[Criterion, ...]:
        """What she may be compared by that needs her consent."""
        return tuple(sorted(c for c in self.consents if c is not Criterion.GENDER or self.woman is not None))


def profile_of(
    card: Card, project: ProjectId, role: Role, rules: ProgrammeRules, *, today: date, places: int = 1
) -> Profile:
    """One side of a round of a programme with these rules, on a day of the project's calendar."""
    told = card.told
    return Profile(
        person=card.person,
        projects=(project,),
        fields=told.fields,
        languages=tuple((speaks.language, speaks.level) for speaks in told.languages),
        country=told.country,
        place=told.place,
        at=card.at,
        radius_km=told.radius_km,
        modality=told.modality,
        hours=told.hours,
        goals=told.goals,
        topics=told.topics,
        background=card.background,
        stage=told.stage,
        organisation=told.organisation,
        opted_in=card.opted_in,
        woman=card.woman,
        minor=not card.adult,
        vetted=card.vetted_until is not None and today <= card.vetted_until,
        wants_woman=role is Role.MENTEE and told.wants_woman,
        ready=_ready(card, role, rules, today),
        acknowledged=card.acknowledged,
        places=places,
    )


def _ready(card: Card, role: Role, rules: ProgrammeRules, today: date) -> bool:
    """Whoever is not known to be an adult takes part only where the programme is for minors too (rules for safety, 35)."""
    shown = card.shown or role is not Role.MENTOR
    young = not card.adult and not rules.entry.minors
    return shown and card.member and not young and not missing(rules, role, card.trained, on=today)


def choosing(published: MatchRules) -> Rules:
    """The rules by which a mentee is shown whom to ask: what is not told counts nothing, and keeps nobody out."""
    return replace(rules_of(published), needed=(), untold_language=True, untold_place=True)
