"""Who takes part in a round, as codes and numbers: what the engine knows of people, and all that it knows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from commons_contracts.codes import Background, Cefr, Criterion, Goal, Modality, Stage, Topic


class Bar(StrEnum):
    """Why two people cannot be matched, in the order in which one reason is chosen to be told."""

    NOT_TAKING_PART = "NOT_TAKING_PART"
    """One of the two lacks what the programme asks for before anyone is matched."""
    SELF = "SELF"
    PROJECT = "PROJECT"
    LANGUAGE = "LANGUAGE"
    MODALITY = "MODALITY"
    REACH = "REACH"
    """They want to meet, and live farther apart than one of them travels."""
    HOURS = "HOURS"
    VETTING = "VETTING"
    WOMAN = "WOMAN"
    ORGANISATION = "ORGANISATION"
    SUPERVISION = "SUPERVISION"
    PREVIOUS = "PREVIOUS"
    UNAVAILABLE = "UNAVAILABLE"
    """A block; it is never told apart from a mentor who is not there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """One person on one side of a round.

    languages: ISO code and level. fields: ISCED-F of two to four digits. hours: a week in 56 blocks of three hours, a bit
    each. at: degrees north and east. radius_km: how far she travels to meet, none: what the programme supposes. ready:
    trained, introduced, not paused. wants_woman: only a woman for a mentor. places: how many a mentor takes.
    """

    person: UUID
    projects: tuple[UUID, ...] = ()
    fields: tuple[str, ...] = ()
    languages: tuple[tuple[str, Cefr], ...] = ()
    country: str | None = None
    place: int | None = None
    at: tuple[float, float] | None = None
    radius_km: int | None = None
    modality: Modality = Modality.ONLINE
    hours: int = 0
    goals: tuple[Goal, ...] = ()
    topics: tuple[Topic, ...] = ()
    background: tuple[Background, ...] = ()
    stage: Stage | None = None
    organisation: UUID | None = None
    opted_in: tuple[Criterion, ...] = ()
    woman: bool | None = None
    minor: bool = False
    vetted: bool = False
    wants_woman: bool = False
    ready: bool = True
    acknowledged: bool = True
    places: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """A pair that must not be: they worked together before, one supervises the other, or one blocked the other."""

    mentor: UUID
    mentee: UUID
    why: Bar

    def __post_init__(self) -> None:
        if self.why not in PAIRWISE:
            raise ValueError(f"{self.why} is no reason of a pair")


PAIRWISE = (Bar.SUPERVISION, Bar.PREVIOUS, Bar.UNAVAILABLE)


@dataclass(frozen=True, kw_only=True)
class People:
    """Everyone of a round, in any order; the same person may stand on both sides, once on each."""

    mentors: tuple[Profile, ...]
    mentees: tuple[Profile, ...]
    apart: tuple[Apart, ...] = ()
