"""A block: one person keeps another away from her, in every project at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import PLATFORM, PersonId, derived
from commons_contracts.profiles import PersonBlocked, PersonUnblocked


def block_of(by: PersonId, person: PersonId) -> UUID:
    """There is at most one from one person to another."""
    return derived("block", by, person)


def block(by: PersonId, person: PersonId, *, at: datetime) -> PersonBlocked:
    """She need not say why, nor does the other learn of it (journey J1.6; rules for safety, 36)."""
    if by == person:
        raise Refusal(RefusalCode.SELF_REQUEST)
    return PersonBlocked(project=PLATFORM, at=at, block=block_of(by, person), by=by, person=person)


def unblock(by: PersonId, person: PersonId, *, at: datetime) -> PersonUnblocked:
    return PersonUnblocked(project=PLATFORM, at=at, block=block_of(by, person), by=by, person=person)
