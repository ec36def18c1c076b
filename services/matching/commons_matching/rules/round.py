"""A round: one recruitment and matching of a programme, under the rules it was published with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from commons_contracts.base import Refusal
from commons_contracts.codes import Method, RefusalCode, Style
from commons_contracts.ids import ProgrammeId, ProjectId, RoundId, derived
from commons_contracts.matching import RoundOpened
from commons_contracts.mentoring import ProgrammePublished, ProgrammeRules

from .calendar import days_after, midnight


@dataclass(frozen=True, kw_only=True)
class Round:
    id: RoundId
    project: ProjectId
    programme: ProgrammeId
    programme_version: int
    zone: str
    starts_on: date | None
    begins: date
    """What the project's rounds are ordered by: the start, or the day of publishing where there is none."""
    opens_at: datetime | None
    closes_at: datetime | None
    rules: ProgrammeRules

    def is_open(self, at: datetime) -> bool:
        """Recruiting, to the second: closed at 23:59:59 of the eve, open at 00:00:00 of the day (journey J1.3)."""
        return (self.opens_at is None or self.opens_at <= at) and (self.closes_at is None or at < self.closes_at)

    def require_open(self, at: datetime) -> None:
        """The refusal says when it opens, while that is still to come, and when it closes or closed."""
        if self.is_open(at):
            return
        ahead = self.opens_at is not None and at < self.opens_at
        times = {"opensAt": self.opens_at if ahead else None, "closesAt": self.closes_at}
        told = {name: shown(time) for name, time in times.items() if time is not None}
        raise Refusal(RefusalCode.RECRUITMENT_CLOSED, zone=self.zone, **told)

    @property
    def lists_close_at(self) -> datetime | None:
        """Until when both sides rank each other (Women STEM Up guide, two-way choice); None where nobody does."""
        if self.rules.matching.method is not Method.TWO_WAY or self.starts_on is None:
            return None
        return midnight(self.starts_on - timedelta(days=self.rules.matching.lists.due_days), self.zone)

    def require_lists_closed(self, at: datetime) -> None:
        """Nobody is matched by lists while they may still change (journey J5.6)."""
        closes = self.lists_close_at
        if closes is not None and at < closes:
            raise Refusal(RefusalCode.PICKING_NOT_OPEN, zone=self.zone, opensAt=shown(closes))

    def lists_reminders(self, after: datetime) -> dict[int, datetime]:
        """So many days before the lists close, whoever has sent none is reminded; only times that are still to come."""
        closes = self.lists_close_at
        if closes is None:
            return {}
        last = closes.astimezone(ZoneInfo(self.zone)).date()
        times = {
            days: midnight(last - timedelta(days=days), self.zone) for days in self.rules.matching.lists.reminder_days
        }
        return {days: at for days, at in times.items() if after < at < closes}

    def in_days(self, at: datetime, days: int) -> datetime:
        """So many of the days that this programme counts for an answer."""
        return days_after(at, days, self.zone, working=self.rules.requests.working_days)

    def places_suggested(self, style: Style) -> int:
        """What a mentor gives until she says otherwise (rule matrix, capacity)."""
        return min(self.rules.places.suggested.get(style, 0), self.places_most)

    @property
    def first_style(self) -> Style | None:
        """What someone means who names no style."""
        return next(iter(self.rules.styles), None)

    @property
    def season_style(self) -> Style | None:
        """The style in which people are brought together for the season: flash sessions are had beside it."""
        if self.rules.matching.method is Method.CIRCLES:
            return Style.CIRCLE if Style.CIRCLE in self.rules.styles else None
        return next((style for style in self.rules.styles if style is not Style.FLASH), None)

    @property
    def places_most(self) -> int:
        """What the programme allows one mentor (rule matrix, capacity); where it says nothing, what the command allows."""
        most = self.rules.places.most
        return PLACES_WITHOUT_LIMIT if most is None else most


PLACES_WITHOUT_LIMIT = 50
"""The upper bound of SetPlaces.most in the contract."""


def open_round(published: ProgrammePublished, zone: str) -> tuple[Round, RoundOpened]:
    """The round that a published version of a programme opens (WESTEM framework, call and recruitment).

    It recruits from the lead before the start, or from its publishing, until the start; a rolling programme, and one
    without a start, recruits for as long as it runs.
    """
    opens_at, closes_at = _window(published, zone)
    round = Round(
        id=round_of(published.programme),
        project=published.project,
        programme=published.programme,
        programme_version=published.version,
        zone=zone,
        starts_on=published.starts_on,
        begins=published.starts_on or published.at.astimezone(ZoneInfo(zone)).date(),
        opens_at=opens_at,
        closes_at=closes_at,
        rules=published.rules,
    )
    opened = RoundOpened(
        project=round.project,
        at=published.at,
        round=round.id,
        programme=round.programme,
        programme_version=round.programme_version,
        opens_at=opens_at,
        closes_at=closes_at,
    )
    return round, opened


def round_of(programme: ProgrammeId) -> RoundId:
    """Each version of a programme has an id of its own, and opens one round."""
    return RoundId(derived("round", programme))


def _window(published: ProgrammePublished, zone: str) -> tuple[datetime | None, datetime | None]:
    start, end, rules = published.starts_on, published.ends_on, published.rules
    if rules.rolling:
        return None, None
    if start is None:
        return None, None if end is None or end == date.max else midnight(end + timedelta(days=1), zone)
    lead = rules.recruitment_lead_days
    return None if lead is None else midnight(start - timedelta(days=lead), zone), midnight(start, zone)


def shown(at: datetime) -> str:
    """A time as refusals tell it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
