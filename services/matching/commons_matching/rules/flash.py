"""A slot for flash mentoring: a time and topics that a mentor offers, for the first mentee who asks about one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import FlashState, Goal, NoticeCode, RefusalCode, Style
from commons_contracts.ids import ConnectionId, FlashSlotId, MatchId, PersonId, ProjectId, RoundId
from commons_contracts.matching import FlashOffered, FlashSlotTaken, FlashSlotWithdrawn, FlashTime, MatchConfirmed

from .connection import Connection, ask
from .match import Match
from .refusing import invalid_transition
from .round import Round, shown


@dataclass(frozen=True, kw_only=True)
class NextSlot:
    """The slot that someone is told of who came too late."""

    id: FlashSlotId
    starts_at: datetime


@dataclass(eq=False, kw_only=True)
class FlashSlot:
    id: FlashSlotId
    project: ProjectId
    round: RoundId
    mentor: PersonId
    topics: list[Goal]
    starts_at: datetime
    ends_at: datetime
    state: FlashState = FlashState.OPEN
    mentee: PersonId | None = None
    match: MatchId | None = None

    @property
    def style(self) -> Style:
        return Style.FLASH

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at) / timedelta(minutes=1))

    def is_open(self, at: datetime) -> bool:
        return self.state is FlashState.OPEN and at < self.starts_at

    def take(
        self, id: ConnectionId, round: Round, *, mentee: PersonId, question: str, at: datetime, later: NextSlot | None
    ) -> tuple[Connection, Match]:
        """The first who asks has it (WESTEM mentor manual, flash mentoring: faster and more flexible).

        To offer it was the mentor's yes, so that the request is answered as it is made. `later`: what is still to be had.
        """
        require_topic(question)
        if not self.is_open(at):
            hint: dict[str, Any] = {} if later is None else {"next": shown(later.starts_at), "next_slot": later.id}
            raise Refusal(RefusalCode.SLOT_TAKEN, zone=round.zone, **hint)
        connection = ask(
            id, round, mentee=mentee, mentor=self.mentor, style=Style.FLASH, message=question.strip(), at=at
        )
        match = connection.accept(by=self.mentor, at=at)
        self.state, self.mentee, self.match = FlashState.TAKEN, mentee, match.id
        return connection, match

    def withdraw(self, *, by: PersonId, at: datetime) -> FlashSlotWithdrawn:
        """The mentor takes back what nobody has taken."""
        if by != self.mentor:
            raise Refusal(RefusalCode.NOT_FOUND)
        if self.state is not FlashState.OPEN:
            raise invalid_transition(self.state, FlashState.WITHDRAWN)
        self.state = FlashState.WITHDRAWN
        return FlashSlotWithdrawn(project=self.project, at=at, slot=self.id, round=self.round, mentor=self.mentor)

    def offered(self, at: datetime) -> FlashOffered:
        return FlashOffered(
            project=self.project,
            at=at,
            slot=self.id,
            round=self.round,
            mentor=self.mentor,
            topics=tuple(self.topics),
            starts_at=self.starts_at,
            minutes=self.minutes,
        )

    def taken(self, connection: Connection, match: Match, round: Round) -> tuple[Any, ...]:
        """To the mentor, that someone comes; to mentoring, when their session is."""
        confirmed: MatchConfirmed = match.confirmed(round).model_copy(
            update={"slot_starts_at": self.starts_at, "slot_minutes": self.minutes}
        )
        slot_taken = FlashSlotTaken(
            project=self.project,
            at=match.confirmed_at,
            slot=self.id,
            round=self.round,
            mentor=self.mentor,
            mentee=match.mentee,
            match=match.id,
        )
        at = match.confirmed_at
        notice = connection.notice(self.mentor, NoticeCode.FLASH_TAKEN, at)
        return connection.requested(), connection.accepted(at), slot_taken, confirmed, notice


def require_topic(question: str) -> None:
    """One session, one topic: she says what it is (journey J3.1)."""
    if not question.strip():
        raise Refusal(RefusalCode.TOPIC_REQUIRED)


def offer(
    slots: Sequence[tuple[FlashSlotId, FlashTime]],
    topics: Sequence[Goal],
    round: Round,
    *,
    mentor: PersonId,
    at: datetime,
) -> list[FlashSlot]:
    """Times to come, of the length that the programme gives a session (journey J3.1; rule matrix, session length)."""
    if Style.FLASH not in round.rules.styles:
        raise Refusal(RefusalCode.ENROLMENT_REQUIRED, round=round.id)
    if not topics:
        raise Refusal(RefusalCode.TOPIC_REQUIRED)
    allowed = round.rules.time.session_minutes
    for _, slot in slots:
        short = allowed.least is not None and slot.minutes < allowed.least
        if short or (allowed.most is not None and slot.minutes > allowed.most):
            raise Refusal(RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, min=allowed.least, max=allowed.most)
        if slot.starts_at <= at:
            raise Refusal(RefusalCode.OUTSIDE_AGREEMENT_PERIOD, zone=round.zone, earliest=shown(at))
    return [
        FlashSlot(
            id=id,
            project=round.project,
            round=round.id,
            mentor=mentor,
            topics=list(dict.fromkeys(topics)),
            starts_at=slot.starts_at,
            ends_at=slot.starts_at + timedelta(minutes=slot.minutes),
        )
        for id, slot in slots
    ]


def may_have_another(coming: int, round: Round) -> None:
    """As many at once as a mentee may have requests open, so that slots are left for others (rule matrix, open requests)."""
    most = round.rules.requests.open_most
    if most is not None and coming >= most:
        raise Refusal(RefusalCode.OPEN_REQUEST_LIMIT, max=most)


def continues(match: MatchId, *, style: Style, session_at: datetime | None, at: datetime) -> None:
    """What has begun can go on: from a flash session that was, under the rules of any request (journey J3.5)."""
    if style is not Style.FLASH:
        raise Refusal(RefusalCode.NOT_FOUND)
    if session_at is not None and at < session_at:
        raise Refusal(RefusalCode.SESSION_NOT_HELD, match=match, starts_at=shown(session_at))
