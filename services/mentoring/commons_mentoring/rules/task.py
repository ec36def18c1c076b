"""What comes of a session: who does what until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, ProjectId, SessionId, TaskId


@dataclass(eq=False, kw_only=True)
class Task:
    """Something that one of the two does until the next time (WESTEM framework: the mentee follows up)."""

    id: TaskId
    project: ProjectId
    session: SessionId
    mentor: PersonId
    mentee: PersonId
    owner: Role
    what: str
    due_on: date | None
    done_at: datetime | None = None

    def complete(self, *, done: bool, at: datetime) -> None:
        """Said once, it is known since then."""
        self.done_at = (self.done_at or at) if done else None
