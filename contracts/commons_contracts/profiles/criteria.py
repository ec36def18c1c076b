"""Consent to be matched by a criterion, with what is told for it; and the vetting of those who meet the young.

What is told with a consent is for matching alone. It is kept as long as the consent stands, and shown to nobody; who shares
it, and has agreed as well, can tell from how well the two fit.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from ..base import Command, Done, Event, Message, Query
from ..codes import Background, Criterion, Gender, Role, VettingKind, VettingOutcome
from ..ids import Country, MembershipId, PersonId


class AgreedView(Message):
    """A criterion that the viewer has agreed to be matched by, and what she told for it."""

    criterion: Criterion
    gender: Gender | None = None
    background: tuple[Background, ...] = ()
    since: datetime


class AgreedCriteria(Message):
    items: tuple[AgreedView, ...]


class AgreeToCriterion(Command[Done]):
    """`gender` belongs to GENDER and `background` to BACKGROUND; no other criterion asks for anything here."""

    criterion: Criterion
    gender: Gender | None = None
    background: Annotated[tuple[Background, ...], Field(max_length=16)] = ()


class WithdrawFromCriterion(Command[Done]):
    """As easy as agreeing. What was told for it is gone at once."""

    criterion: Criterion


class OwnAgreedCriteria(Query[AgreedCriteria]):
    pass


class RecordVetting(Command[Done], roles=(Role.COORDINATOR, Role.SAFEGUARDING_LEAD)):
    """Whoever asks has seen the paper; of it only this is kept."""

    person: PersonId
    kind: VettingKind
    country: Country
    outcome: VettingOutcome
    seen_on: date
    expires_on: date


class CriterionAgreed(Event, of="membership", about=("person",)):
    """Someone is matched by a criterion from now on; codes of what she told for it go with her consent."""

    membership: MembershipId
    person: PersonId
    criterion: Criterion
    gender: Gender | None = None
    background: tuple[Background, ...] = ()


class CriterionWithdrawn(Event, of="membership", about=("person",)):
    """Someone is matched by a criterion no longer: whoever kept what she told for it forgets it."""

    membership: MembershipId
    person: PersonId
    criterion: Criterion


class VettingRecorded(Event, of="membership", about=("person",)):
    """Someone's paper was seen. It holds until `expires_on`, that day included."""

    membership: MembershipId
    person: PersonId
    kind: VettingKind
    outcome: VettingOutcome
    expires_on: date
