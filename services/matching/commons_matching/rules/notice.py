"""The matching notice: how people are brought together here, that it may not feel perfect, and that someone has read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import PersonId, derived
from commons_contracts.matching import MatchingNoticeAcknowledged

from .round import Round


def acknowledge(
    round: Round, person: PersonId, *, version: int, registered: Collection[Role], at: datetime
) -> MatchingNoticeAcknowledged:
    """Whoever takes part confirms the words of the round's version of the programme (Women STEM Up guide, telling how
    matching works). Another version has other words: she is told which to read.
    """
    if not registered:
        raise Refusal(RefusalCode.ENROLMENT_REQUIRED, round=round.id)
    if version != round.programme_version:
        raise Refusal(RefusalCode.NOTICE_NOT_ACKNOWLEDGED, round=round.id, version=round.programme_version)
    return MatchingNoticeAcknowledged(
        project=round.project,
        at=at,
        acknowledgement=acknowledgement_of(round, person),
        round=round.id,
        person=person,
        version=version,
    )


def acknowledgement_of(round: Round, person: PersonId) -> UUID:
    return derived("acknowledgement", round.id, person)
