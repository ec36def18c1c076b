"""A connection: a request between a mentee and a mentor, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import ConnectionState, DeclineReason, NoticeCode, RefusalCode, Role, Style
from commons_contracts.ids import ConnectionId, MatchId, PersonId, ProjectId, RoundId
from commons_contracts.matching import (
    ConnectionAccepted,
    ConnectionDeclined,
    ConnectionExpired,
    ConnectionReminded,
    ConnectionRequested,
    ConnectionWithdrawn,
    NoticeWanted,
)

from .match import Match, match_of
from .refusing import invalid_transition
from .round import Round

State = ConnectionState


def ask(
    id: ConnectionId,
    round: Round,
    *,
    mentee: PersonId,
    mentor: PersonId,
    style: Style,
    message: str,
    at: datetime,
    holds_place: bool = False,
    continues: MatchId | None = None,
    asked_by: Role = Role.MENTEE,
) -> Connection:
    """A request as the programme lets it live: open until answered, at most for the days it gives (rule matrix, expiry)."""
    days = round.rules.requests.expiry_days
    return Connection(
        id=id,
        project=round.project,
        round=round.id,
        mentor=mentor,
        mentee=mentee,
        style=style,
        message=message,
        asked_at=at,
        expires_at=None if days is None else round.in_days(at, days),
        holds_place=holds_place,
        continues=continues,
        asked_by=asked_by,
    )


@dataclass(eq=False, kw_only=True)
class Connection:
    id: ConnectionId
    project: ProjectId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    style: Style
    message: str
    asked_at: datetime
    expires_at: datetime | None
    holds_place: bool = False
    """A place is kept for this request, because it came from an offer."""
    state: ConnectionState = State.ASKED
    decline_reason: DeclineReason | None = None
    decline_note: str = ""
    match: MatchId | None = None
    continues: MatchId | None = None
    """The flash match that this goes on from (journey J3.5)."""
    asked_by: Role = Role.MENTEE
    """Who began: the mentor, where the programme has mentors choose."""

    @property
    def asker(self) -> PersonId:
        return self.mentor if self.asked_by is Role.MENTOR else self.mentee

    @property
    def asked(self) -> PersonId:
        return self.mentee if self.asked_by is Role.MENTOR else self.mentor

    def requested(self) -> ConnectionRequested:
        return ConnectionRequested(
            **self._facts(self.asked_at),
            round=self.round,
            style=self.style,
            expires_at=self.expires_at,
            by=self.asked_by,
        )

    def reminders(self, round: Round) -> tuple[datetime, ...]:
        """When who was asked is reminded, before the request runs out (rule matrix, request expiry)."""
        days = round.rules.requests.reminder_days
        times = (round.in_days(self.asked_at, day) for day in sorted(days))
        return tuple(at for at in times if self.expires_at is None or at < self.expires_at)

    def accept(self, *, by: PersonId, at: datetime) -> Match:
        """Who was asked says yes: she decides (rule matrix, matching); whether a place is left is the places' to say."""
        self._answer(State.ACCEPTED, by=by, at=at)
        self.match = match_of(self.id)
        return Match(
            id=self.match,
            project=self.project,
            round=self.round,
            connection=self.id,
            mentor=self.mentor,
            mentee=self.mentee,
            style=self.style,
            confirmed_at=at,
        )

    def accepted(self, at: datetime) -> ConnectionAccepted:
        return ConnectionAccepted(**self._facts(at), match=match_of(self.id))

    def decline(self, *, by: PersonId, at: datetime, reason: DeclineReason, note: str) -> ConnectionDeclined:
        """Who was asked says no, with a reason; her words, if any, are for the asker alone (WESTEM mentor manual)."""
        self._answer(State.DECLINED, by=by, at=at)
        self.decline_reason, self.decline_note = reason, note
        return ConnectionDeclined(**self._facts(at), reason=reason)

    def withdraw(self, *, by: PersonId, at: datetime) -> ConnectionWithdrawn:
        """Who asked takes it back."""
        if by != self.asker:
            raise Refusal(RefusalCode.NOT_FOUND if by != self.asked else RefusalCode.INITIATOR_NOT_ALLOWED)
        self._leave(State.WITHDRAWN, at=at)
        return ConnectionWithdrawn(**self._facts(at), matched_elsewhere=False)

    def withdraw_elsewhere(self, at: datetime) -> ConnectionWithdrawn:
        """The mentee was matched with somebody else (journey J1.8)."""
        self._require_asked(State.WITHDRAWN_MATCHED_ELSEWHERE)
        self.state = State.WITHDRAWN_MATCHED_ELSEWHERE
        return ConnectionWithdrawn(**self._facts(at), matched_elsewhere=True)

    def remind(self, nth: int, *, at: datetime) -> tuple[ConnectionReminded, NoticeWanted]:
        self._require_asked("REMINDED")
        fact = ConnectionReminded(**self._facts(at), nth=nth)
        return fact, self.notice(self.asked, NoticeCode.CONNECTION_REMINDER, at, number=nth)

    def expire(self, at: datetime) -> ConnectionExpired:
        """Nobody answered in the days that the programme gives (rule matrix, request expiry; journey J1.9)."""
        self._require_asked(State.EXPIRED)
        self.state = State.EXPIRED
        return ConnectionExpired(**self._facts(at))

    def notice(self, to: PersonId, code: NoticeCode, at: datetime, *, number: int | None = None) -> NoticeWanted:
        return NoticeWanted(project=self.project, at=at, person=to, code=code, subject_id=self.id, number=number)

    def _answer(self, to: ConnectionState, *, by: PersonId, at: datetime) -> None:
        """Only the one who was asked may answer (journey J1.7); in another project it does not exist at all."""
        if by != self.asked:
            raise Refusal(RefusalCode.NOT_REQUEST_RECIPIENT)
        self._leave(to, at=at)

    def _leave(self, to: ConnectionState, *, at: datetime) -> None:
        self._require_asked(to)
        if self.expires_at is not None and self.expires_at <= at:
            raise invalid_transition(State.EXPIRED, to)
        self.state = to

    def _require_asked(self, to: ConnectionState | str) -> None:
        if self.state is not State.ASKED:
            raise invalid_transition(self.state, to)

    def _facts(self, at: datetime) -> dict[str, Any]:
        return {
            "project": self.project, "at": at, "connection": self.id, "mentor": self.mentor, "mentee": self.mentee,
        }  # fmt: skip
