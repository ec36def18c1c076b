"""Ranked lists: both sides say whom they would be matched with, best first, until a day that the programme sets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import PersonId
from commons_contracts.matching import PreferencesClosed, PreferencesSubmitted

from .asking import Asker, not_allowed, require_part
from .barring import CODES
from .engine.people import Bar
from .refusing import mentor_unavailable
from .round import Round, shown
from .taking_part import participation_of

OTHER_SIDE = {Role.MENTEE: Role.MENTOR, Role.MENTOR: Role.MENTEE}


@dataclass(frozen=True, kw_only=True)
class RankedList:
    """Best first; whoever is in `equal` stands in the same place as the one before her."""

    ranked: tuple[PersonId, ...]
    equal: frozenset[PersonId] = frozenset()

    def places(self) -> dict[PersonId, int]:
        """The place of each, from 1; equals share theirs, and the next place is the next number."""
        found, place = dict[PersonId, int](), 0
        for nth, person in enumerate(self.ranked):
            place += nth == 0 or person not in self.equal
            found[person] = place
        return found


def in_places(places: Sequence[tuple[PersonId, int]]) -> RankedList:
    """A list from the place of each, in the order of places."""
    equal = {person for (_, before), (person, place) in pairwise(places) if place == before}
    return RankedList(ranked=tuple(person for person, _ in places), equal=frozenset(equal))


def may_rank(round: Round, author: Asker, role: Role, *, at: datetime) -> None:
    """Both sides rank each other where the method is two-way choice, until the lists close (journey J5.6)."""
    closes = round.lists_close_at
    if closes is None:
        raise not_allowed(round)
    require_part(round, author, role)
    if at >= closes:
        raise Refusal(RefusalCode.PREFERENCES_CLOSED, zone=round.zone, closesAt=shown(closes))
    if role is Role.MENTEE and author.matched:
        raise Refusal(RefusalCode.ALREADY_MATCHED)


def require_list(round: Round, author: PersonId, wanted: RankedList) -> None:
    """As long as the programme has it, everyone once, each in a place of her own unless it allows ties."""
    rules = round.rules.matching.lists
    if author in wanted.ranked:
        raise Refusal(RefusalCode.SELF_REQUEST)
    if not rules.least <= len(wanted.ranked) <= rules.most:
        raise Refusal(RefusalCode.COMMITMENT_OUT_OF_RANGE, minRanked=rules.least, maxRanked=rules.most)
    if len(set(wanted.ranked)) < len(wanted.ranked):
        raise Refusal(RefusalCode.DUPLICATE_REQUEST, twice=len(wanted.ranked) - len(set(wanted.ranked)))
    if wanted.equal and not rules.ties:
        raise Refusal(RefusalCode.COMMITMENT_OUT_OF_RANGE, maxEqual=1)


def require_partners(
    wanted: RankedList, role: Role, allowed: Collection[PersonId], kept: Mapping[PersonId, Bar]
) -> None:
    """Whoever is unknown, away or blocked cannot be ranked, all with one answer; a hard rule between the two is named, and
    who it is about.
    """
    if not set(wanted.ranked) <= set(allowed) or Bar.UNAVAILABLE in kept.values():
        raise mentor_unavailable() if role is Role.MENTEE else Refusal(RefusalCode.NOT_FOUND)
    for person in wanted.ranked:
        if person in kept:
            raise Refusal(CODES[kept[person]], person=person)


def submitted(round: Round, person: PersonId, role: Role, count: int, *, at: datetime) -> PreferencesSubmitted:
    return PreferencesSubmitted(
        project=round.project,
        at=at,
        participation=participation_of(round, person, role),
        round=round.id,
        person=person,
        role=role,
        count=count,
    )


def closed(round: Round, *, mentors: int, mentees: int, at: datetime) -> PreferencesClosed:
    return PreferencesClosed(project=round.project, at=at, round=round.id, mentors=mentors, mentees=mentees)
