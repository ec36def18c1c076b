"""Where each code stands in a person's row: one string of bits a person, the same for mentors and mentees.

A kind is a run of bits, one for each code of a sorted list: the tongues she speaks at least at A1, at A2 ..., her fields at
the three widths of ISCED-F, her goals, her 56 weekly blocks and so on. Whatever can be compared is then one `and`, and the
transpose of the mentors' rows, a bitmap for each code, is the index that finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from commons_contracts.codes import Background, Cefr, Criterion, Goal, Modality, Stage, Topic

from .people import Profile
from .weights import Rules

BLOCKS = 56
LEVELS = (Cefr.A1, Cefr.A2, Cefr.B1, Cefr.B2)
"""From B2 on a language serves for everything."""
STAGES = tuple(Stage)
TO_MEET = (Modality.FACE_TO_FACE, Modality.HYBRID, Modality.MIXED)
ONLINE = (Modality.ONLINE, Modality.HYBRID, Modality.MIXED)


class Kind(IntEnum):
    """The runs of bits, in their order in a row."""

    FLAG = 0
    OPTED = 1
    PROJECT = 2
    TONGUE_A1 = 3
    TONGUE_A2 = 4
    TONGUE_B1 = 5
    TONGUE_B2 = 6
    BROAD = 7
    NARROW = 8
    DETAILED = 9
    GOAL = 10
    TOPIC = 11
    BACKGROUND = 12
    GENDER = 13
    COUNTRY = 14
    STAGE = 15
    """Bit s: she has come as far as stage s."""
    BLOCK = 16


class Flag(IntEnum):
    """What is asked of a person as yes or no."""

    TAKES_PART = 0
    ONLINE = 1
    MEETS = 2
    VETTED = 3
    MINOR = 4
    WANTS_WOMAN = 5
    ACKNOWLEDGED = 6
    COMPLETE = 7
    READY = 8
    ANY_TONGUE = 9
    ANYWHERE = 10


WOMAN, MAN = "1", "0"
TONGUES = (Kind.TONGUE_A1, Kind.TONGUE_A2, Kind.TONGUE_B1, Kind.TONGUE_B2)
FIELDS = (Kind.BROAD, Kind.NARROW, Kind.DETAILED)
Coded = tuple[Kind, str]


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The sorted codes of each kind; `starts[kind]` is its first bit, `starts[-1]` the number of bits in a row."""

    kinds: tuple[tuple[str, ...], ...]

    @cached_property
    def starts(self) -> tuple[int, ...]:
        found = [0]
        for codes in self.kinds:
            found.append(found[-1] + len(codes))
        return tuple(found)

    @cached_property
    def places(self) -> dict[Coded, int]:
        """The bit of each code."""
        return {(kind, code): self.starts[kind] + n for kind in Kind for n, code in enumerate(self.kinds[kind])}

    @property
    def words(self) -> int:
        """64-bit words in a row."""
        return -(-self.starts[-1] // 64)

    def run(self, kind: Kind) -> range:
        return range(self.starts[kind], self.starts[kind + 1])

    def row(self, coded: Iterable[Coded]) -> int:
        """A row as one number, bit 0 first."""
        places, row = self.places, 0
        for code in coded:
            row |= 1 << places[code]
        return row

    def shared(self, kind: Kind, one: int, other: int) -> tuple[str, ...]:
        """Codes of a kind that two rows have in common."""
        both = one & other
        return tuple(code for bit, code in zip(self.run(kind), self.kinds[kind], strict=True) if both >> bit & 1)


FIXED: dict[Kind, tuple[str, ...]] = {
    Kind.FLAG: tuple(f"{flag.value}" for flag in Flag),
    Kind.GOAL: tuple(Goal),
    Kind.TOPIC: tuple(Topic),
    Kind.BACKGROUND: tuple(Background),
    Kind.GENDER: (MAN, WOMAN),
    Kind.STAGE: tuple(f"{n}" for n in range(len(STAGES))),
    Kind.BLOCK: tuple(f"{n:02}" for n in range(BLOCKS)),
}
"""Kinds whose codes do not depend on who takes part."""


def codes_of(people: Iterable[Iterable[Coded]], rules: Rules) -> Codes:
    """The codes that these people use, each list sorted; so that the same people have the same codes in any order."""
    found: list[set[str]] = [set() for _ in Kind]
    for coded in people:
        for kind, code in coded:
            found[kind].add(code)
    fixed = FIXED | {Kind.OPTED: tuple(rules.opted)}
    return Codes(kinds=tuple(fixed.get(kind, tuple(sorted(found[kind]))) for kind in Kind))


def coded(profile: Profile, rules: Rules) -> list[Coded]:
    """Everything of a profile that is a bit, but her hours, which are bits already."""
    return [
        *((Kind.FLAG, f"{flag.value}") for flag in _flags(profile, rules)),
        *((Kind.OPTED, c) for c in profile.opted_in if c in rules.opted),
        *((Kind.PROJECT, project.hex) for project in profile.projects),
        *_tongues(profile),
        *(
            (kind, code[:digits])
            for code in profile.fields
            for digits, kind in enumerate(FIELDS, 2)
            if len(code) >= digits
        ),
        *((Kind.GOAL, goal) for goal in profile.goals),
        *((Kind.TOPIC, topic) for topic in profile.topics),
        *((Kind.BACKGROUND, code) for code in profile.background),
        *(() if profile.woman is None else ((Kind.GENDER, WOMAN if profile.woman else MAN),)),
        *(() if profile.country is None else ((Kind.COUNTRY, profile.country),)),
        *((Kind.STAGE, code) for code in FIXED[Kind.STAGE][: _stage(profile)]),
    ]


def lacks(profile: Profile, rules: Rules) -> tuple[Criterion, ...]:
    """What the programme needs to know of everyone and she has not told."""
    told = {
        Criterion.FIELD: profile.fields,
        Criterion.GOALS: profile.goals,
        Criterion.LANGUAGES: profile.languages,
        Criterion.HOURS: profile.hours,
        Criterion.PLACE: profile.country or profile.place,
        Criterion.STAGE: profile.stage,
        Criterion.GENDER: profile.woman is not None,
        Criterion.BACKGROUND: profile.background,
        Criterion.TOPICS: profile.topics,
    }
    return tuple(c for c in rules.needed if c in told and not told[c])


def _tongues(profile: Profile) -> Iterator[Coded]:
    levels = tuple(Cefr)
    for tongue, level in profile.languages:
        for kind, least in zip(TONGUES, LEVELS, strict=True):
            if levels.index(level) >= levels.index(least):
                yield kind, tongue


def _stage(profile: Profile) -> int:
    return 0 if profile.stage is None else STAGES.index(profile.stage) + 1


def _flags(profile: Profile, rules: Rules) -> Iterator[Flag]:
    complete = not lacks(profile, rules)
    told = {
        Flag.TAKES_PART: profile.ready and profile.acknowledged and complete,
        Flag.ONLINE: profile.modality in ONLINE,
        Flag.MEETS: profile.modality in TO_MEET,
        Flag.VETTED: profile.vetted,
        Flag.MINOR: profile.minor,
        Flag.WANTS_WOMAN: profile.wants_woman or rules.woman_mentors,
        Flag.ACKNOWLEDGED: profile.acknowledged,
        Flag.COMPLETE: complete,
        Flag.READY: profile.ready,
        Flag.ANY_TONGUE: rules.untold_language and not profile.languages,
        Flag.ANYWHERE: rules.untold_place and profile.at is None,
    }
    return (flag for flag, holds in told.items() if holds)
