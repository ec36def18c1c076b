"""Supervision, declared so that nobody is mentored by who supervises her: mentoring is not supervision."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ..base import Command, Done, Event, Message, Query
from ..ids import PersonId


class SupervisionView(Message):
    """`may_withdraw`: the viewer made it. Who else did is told to nobody."""

    supervisor: PersonId
    supervised: PersonId
    declared_at: datetime
    may_withdraw: bool


class SupervisionsView(Message):
    items: tuple[SupervisionView, ...]


class DeclareSupervision(Command[SupervisionView]):
    """By either of the two, or by a coordinator."""

    supervisor: PersonId
    supervised: PersonId


class WithdrawSupervision(Command[Done]):
    """One's own word about these two; another's stands."""

    supervisor: PersonId
    supervised: PersonId


class OwnSupervisions(Query[SupervisionsView]):
    """Those the viewer declared, and those that are about her."""


class SupervisionDeclared(Event, of="supervision", about=("supervisor", "supervised")):
    """One person supervises another; they are no pair anywhere in the project."""

    supervision: UUID
    supervisor: PersonId
    supervised: PersonId


class SupervisionWithdrawn(Event, of="supervision", about=("supervisor", "supervised")):
    """It was taken back by whoever declared it."""

    supervision: UUID
    supervisor: PersonId
    supervised: PersonId
