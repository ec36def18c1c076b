"""Taking part in a round, as a mentor or as a mentee."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role, Style
from commons_contracts.ids import PersonId, derived
from commons_contracts.matching import ParticipantRegistered

from .places import Places
from .round import Round

SIDES = (Role.MENTOR, Role.MENTEE)


def may_take_part(round: Round, role: Role, roles: Collection[Role], *, at: datetime) -> None:
    """While the round recruits, in a role one has in the project (WESTEM framework, call and recruitment)."""
    if role not in SIDES or role not in roles:
        raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=sorted(set(SIDES) & set(roles)))
    round.require_open(at)


def places_given(round: Round, asked_for: int | None) -> dict[Style, int]:
    """What a mentor begins with in each style: what was asked for, else what the rule matrix suggests (capacity)."""
    if asked_for is None:
        return {style: round.places_suggested(style) for style in round.rules.styles}
    Places(most=0).require_room(asked_for, round)
    return dict.fromkeys(round.rules.styles, asked_for)


def places_brought(round: Round, style: Style | None, asked_for: int | None) -> dict[Style, int]:
    """What a table says of a mentor: a style is her only one. No more than the programme allows, whatever it says."""
    most = {each: round.places_suggested(each) if asked_for is None else asked_for for each in round.rules.styles}
    return {each: min(most[each], round.places_most) if style in {None, each} else 0 for each in most}


def registered(round: Round, person: PersonId, role: Role, *, at: datetime) -> ParticipantRegistered:
    return ParticipantRegistered(
        project=round.project,
        at=at,
        participation=participation_of(round, person, role),
        round=round.id,
        person=person,
        role=role,
    )


def participation_of(round: Round, person: PersonId, role: Role) -> UUID:
    return derived("participation", round.id, person, role)
