"""Waiting for a mentor whose places are taken, and the offer when one comes free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import NoticeCode, OfferState, RefusalCode, Style, WaitingState
from commons_contracts.ids import OfferId, PersonId, ProjectId, RoundId, WaitingId
from commons_contracts.matching import NoticeWanted, OfferEnded, PlaceOffered, WaitlistJoined, WaitlistLeft

from .refusing import invalid_transition
from .round import Round


@dataclass(eq=False, kw_only=True)
class Waiting:
    """A turn in the queue of a mentor (journey J1.10), which is ordered by `first_call`, then by `joined_at`."""

    id: WaitingId
    project: ProjectId
    round: RoundId
    mentor: PersonId
    mentee: PersonId
    style: Style
    joined_at: datetime
    first_call: bool
    """She took part in the project's last round and found nobody: such mentees come first."""
    state: WaitingState = WaitingState.WAITING

    def joined(self) -> WaitlistJoined:
        return WaitlistJoined(**self._facts(self.joined_at), round=self.round)

    def offer(self, id: OfferId, round: Round, *, at: datetime) -> Offer:
        """A place is hers for the hours that the programme gives (journey J1.10: 72)."""
        self._require(WaitingState.WAITING, to=WaitingState.OFFERED)
        self.state = WaitingState.OFFERED
        return Offer(
            id=id,
            project=self.project,
            round=self.round,
            waiting=self.id,
            mentor=self.mentor,
            mentee=self.mentee,
            style=self.style,
            expires_at=at + timedelta(hours=round.rules.requests.offer_hours),
        )

    def leave(self, *, at: datetime) -> WaitlistLeft:
        """She goes, by her own wish or because her offer ran out."""
        self._require(WaitingState.WAITING, WaitingState.OFFERED, to=WaitingState.LEFT)
        self.state = WaitingState.LEFT
        return WaitlistLeft(**self._facts(at))

    def end(self) -> None:
        """She took her offer: the waiting is over."""
        self.state = WaitingState.DONE

    def _require(self, *states: WaitingState, to: WaitingState) -> None:
        if self.state not in states:
            raise invalid_transition(self.state, to)

    def _facts(self, at: datetime) -> dict[str, Any]:
        return {"project": self.project, "at": at, "waiting": self.id, "mentor": self.mentor, "mentee": self.mentee}


@dataclass(eq=False, kw_only=True)
class Offer:
    id: OfferId
    project: ProjectId
    round: RoundId
    waiting: WaitingId
    mentor: PersonId
    mentee: PersonId
    style: Style
    expires_at: datetime
    state: OfferState = OfferState.OPEN

    def offered(self, at: datetime) -> tuple[PlaceOffered, NoticeWanted]:
        fact = PlaceOffered(**self._facts(at), waiting=self.waiting, expires_at=self.expires_at)
        return fact, self._notice(NoticeCode.PLACE_OFFERED, at)

    def take(self, *, at: datetime) -> OfferEnded:
        """In time, to the second (journey J1.10); later the place has gone to the next."""
        if self.state is OfferState.EXPIRED or (self.state is OfferState.OPEN and self.expires_at <= at):
            raise Refusal(RefusalCode.OFFER_EXPIRED)
        return self._end(OfferState.TAKEN, at)

    def let_go(self, *, at: datetime) -> OfferEnded:
        return self._end(OfferState.LET_GO, at)

    def expire(self, *, at: datetime) -> tuple[OfferEnded, NoticeWanted]:
        return self._end(OfferState.EXPIRED, at), self._notice(NoticeCode.OFFER_EXPIRED, at)

    def _end(self, to: OfferState, at: datetime) -> OfferEnded:
        if self.state is not OfferState.OPEN:
            raise invalid_transition(self.state, to)
        self.state = to
        return OfferEnded(**self._facts(at), state=to)

    def _notice(self, code: NoticeCode, at: datetime) -> NoticeWanted:
        return NoticeWanted(project=self.project, at=at, person=self.mentee, code=code, subject_id=self.id)

    def _facts(self, at: datetime) -> dict[str, Any]:
        return {"project": self.project, "at": at, "offer": self.id, "mentor": self.mentor, "mentee": self.mentee}
