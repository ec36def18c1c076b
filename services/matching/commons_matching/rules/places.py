"""How many mentees a mentor takes in a round, by style, and when her silence counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from commons_contracts.base import Refusal
from commons_contracts.codes import NoticeCode, RefusalCode, Style
from commons_contracts.ids import PersonId, RoundId
from commons_contracts.matching import MentorFellSilent, NoticeWanted

from .round import Round


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Whose places, of which style, in which round."""

    round: RoundId
    mentor: PersonId
    style: Style


@dataclass(frozen=True, kw_only=True)
class Places:
    """`used` by matches, `held` for offers and for the requests that came of them."""

    most: int
    used: int = 0
    held: int = 0

    @property
    def free(self) -> int:
        return max(self.most - self.used - self.held, 0)

    def require_room(self, most: int, round: Round) -> None:
        """A mentor gives no more than the programme allows, and no fewer than are taken (rule matrix, capacity)."""
        taken = self.used + self.held
        if not taken <= most <= round.places_most:
            raise Refusal(RefusalCode.COMMITMENT_OUT_OF_RANGE, minPlaces=taken, maxPlaces=round.places_most)


def fell_silent(
    mentor: PersonId, expired: int, round: Round, at: datetime
) -> tuple[()] | tuple[MentorFellSilent, NoticeWanted]:
    """So many requests in a row ran out unanswered that the programme pauses her, once, and tells her (journey J1.9)."""
    if expired != round.rules.requests.silent_before_pause:
        return ()
    silent = MentorFellSilent(project=round.project, at=at, mentor=mentor, expired=expired)
    code = NoticeCode.MENTOR_PAUSED_UNANSWERED
    return silent, NoticeWanted(project=round.project, at=at, person=mentor, code=code, number=expired)
