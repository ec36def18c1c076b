"""A browser's session: whose it is, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from commons_contracts.ids import PLATFORM, PersonId
from commons_contracts.profiles import Digest, IssuerName, SessionsEnded, SessionView

LONGEST = timedelta(days=30)
IDLE = timedelta(days=7)
RENEWED_AFTER = timedelta(days=1)
NOTED_AFTER = timedelta(hours=1)
GRACE = timedelta(minutes=1)
"""Requests with the old secret may still be on their way when the new one arrives."""


@dataclass(eq=False, kw_only=True)
class Session:
    """All times are real ones."""

    id: UUID
    person: PersonId
    issuer: IssuerName
    token: Digest
    before: Digest | None
    """The secret that `token` has replaced: good until the new one was seen, and a moment longer."""
    before_ends_at: datetime | None
    began_at: datetime
    renewed_at: datetime
    seen_at: datetime

    @property
    def until(self) -> datetime:
        return min(self.began_at + LONGEST, self.seen_at + IDLE)

    def open_to(self, token: Digest, *, at: datetime) -> bool:
        if at >= self.until:
            return False
        if token == self.token:
            return True
        return token == self.before and (self.before_ends_at is None or at < self.before_ends_at)

    def renew(self, fresh: Digest, given: Digest, *, at: datetime) -> None:
        """If the answer with the new secret got lost, the one before is still there to ask again with."""
        if given == self.token:
            self.before, self.before_ends_at = self.token, None
        self.token, self.renewed_at, self.seen_at = fresh, at, at

    def note(self, given: Digest, *, at: datetime) -> None:
        self.seen_at = at
        if given == self.token and self.before is not None and self.before_ends_at is None:
            self.before_ends_at = at + GRACE

    def shown(self, given: Digest, *, at: datetime) -> SessionView:
        fresh_is_seen = given == self.token and self.before is not None and self.before_ends_at is None
        return SessionView(
            id=self.id,
            person=self.person,
            issuer=self.issuer,
            until=self.until,
            renew=at >= self.renewed_at + RENEWED_AFTER,
            note=fresh_is_seen or at >= self.seen_at + NOTED_AFTER,
        )


def open_session(id: UUID, person: PersonId, issuer: IssuerName, token: Digest, *, at: datetime) -> Session:
    """Signing in makes a new session and a new secret, whatever the browser had before."""
    return Session(
        id=id,
        person=person,
        issuer=issuer,
        token=token,
        before=None,
        before_ends_at=None,
        began_at=at,
        renewed_at=at,
        seen_at=at,
    )


def ended(person: PersonId, session: UUID | None, *, at: datetime) -> SessionsEnded:
    """One session, or all of them."""
    return SessionsEnded(project=PLATFORM, at=at, person=person, session=session)
