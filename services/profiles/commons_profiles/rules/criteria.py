"""Agreeing to be matched by a criterion; and what is known of those who meet the young."""

from __future__ import annotations

from datetime import date, datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import Criterion, RefusalCode
from commons_contracts.profiles import (
    AgreeToCriterion,
    CriterionAgreed,
    CriterionWithdrawn,
    RecordVetting,
    VettingRecorded,
)

from .membership import Membership


def agree(membership: Membership, asked: AgreeToCriterion, *, at: datetime) -> CriterionAgreed:
    """Her own word, for matching alone (Women STEM Up guide, criteria: gender only of who agrees to it).

    What is told must belong to the criterion: consent to nothing, or to something else, is none.
    """
    told = {Criterion.GENDER: asked.gender is not None, Criterion.BACKGROUND: bool(asked.background)}
    if any(said is not (criterion is asked.criterion) for criterion, said in told.items()):
        fields = [asked.criterion] if asked.criterion in told else []
        raise Refusal(RefusalCode.PROFILE_INCOMPLETE_FOR_MATCHING, "criterion", fields=fields)
    return CriterionAgreed(
        project=membership.project,
        at=at,
        membership=membership.id,
        person=membership.person,
        criterion=asked.criterion,
        gender=asked.gender,
        background=tuple(dict.fromkeys(asked.background)),
    )


def withdraw(membership: Membership, criterion: Criterion, *, at: datetime) -> CriterionWithdrawn:
    return CriterionWithdrawn(
        project=membership.project, at=at, membership=membership.id, person=membership.person, criterion=criterion
    )


def record_vetting(membership: Membership, seen: RecordVetting, *, today: date, at: datetime) -> VettingRecorded:
    """The outcome and when it expires, never the paper (rules for safety, 36). It was seen before today, and holds still."""
    if seen.seen_on > today:
        raise Refusal(RefusalCode.SESSION_NOT_HELD, "vetting", today=today)
    if seen.expires_on < today:
        raise Refusal(RefusalCode.VETTING_EXPIRED, expiredOn=seen.expires_on)
    return VettingRecorded(
        project=membership.project,
        at=at,
        membership=membership.id,
        person=membership.person,
        kind=seen.kind,
        outcome=seen.outcome,
        expires_on=seen.expires_on,
    )
