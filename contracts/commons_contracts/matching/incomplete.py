"""Who has not told what a programme matches by."""

from __future__ import annotations

from ..base import Message, Page, Query
from ..codes import Criterion, Role
from ..ids import PersonId, RoundId
from .views import First


class IncompleteView(Message):
    """Someone who takes part, and what she has not told."""

    person: PersonId
    role: Role
    fields: tuple[Criterion, ...]


class IncompletePage(Query[Page[IncompleteView]], roles=(Role.COORDINATOR,)):
    """Of both sides of a round. What counts by consent alone is nobody's to miss."""

    round: RoundId
    first: First = 20
    after: str | None = None
