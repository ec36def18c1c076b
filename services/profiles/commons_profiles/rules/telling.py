"""How someone is told by mail: which kinds at once, which together, which never, and at no hour that she keeps quiet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from commons_contracts.base import Refusal
from commons_contracts.codes import DigestRhythm, NoticeCategory, NoticeWay, RefusalCode
from commons_contracts.ids import Zone
from commons_contracts.profiles import CategoryWay, SetNoticePreferences

DAY = timedelta(days=1)
DAYS_AHEAD = 8
"""A weekly digest that has just gone comes again within so many days."""


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """Hers in one project. Hours are those of the clock on her wall: they stay where they are when summer time begins."""

    ways: Mapping[NoticeCategory, NoticeWay] = field(default_factory=dict)
    rhythm: DigestRhythm = DigestRhythm.DAILY
    digest_hour: int = 8
    digest_weekday: int = 1
    quiet_from: int = 21
    quiet_until: int = 8

    def way(self, category: NoticeCategory) -> NoticeWay:
        """Everything comes at once, until she says otherwise; what keeps people safe does whatever she says."""
        if category is NoticeCategory.SAFEGUARDING:
            return NoticeWay.AT_ONCE
        return self.ways.get(category, NoticeWay.AT_ONCE)

    def changed(self, by: SetNoticePreferences) -> Preferences:
        """What is not said stays."""
        for said in by.ways:
            _optional(said)
        ways = {**self.ways, **{said.category: said.way for said in by.ways}}
        rest = by.model_dump(exclude={"ways"}, exclude_none=True)
        return replace(self, ways=ways, **rest)

    def without(self, category: NoticeCategory | None) -> Preferences:
        """No more of one kind, or (None) of all that comes together with others."""
        stopped = [category] if category else [kind for kind in NoticeCategory if self.way(kind) is NoticeWay.DIGEST]
        ways = {**self.ways, **dict.fromkeys(stopped, NoticeWay.NEVER)}
        return replace(self, ways=ways)

    def quiet(self, at: datetime, zone: Zone) -> bool:
        """Whether she is not to be written to now. Where the quiet begins and ends at the same hour there is none."""
        hour = at.astimezone(ZoneInfo(zone)).hour
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def awake(self, at: datetime, zone: Zone) -> datetime:
        """Then, or as soon as the quiet is over; a day later where summer time skipped her only hour."""
        while self.quiet(at, zone):
            at = next_at(at, self.quiet_until, zone)
        return at

    def digest_after(self, at: datetime, zone: Zone) -> datetime:
        """When the next letter goes that tells everything together."""
        weekday = self.digest_weekday if self.rhythm is DigestRhythm.WEEKLY else None
        return self.awake(next_at(at, self.digest_hour, zone, weekday), zone)

    def leaves_at(self, category: NoticeCategory, told_at: datetime, now: datetime, zone: Zone) -> datetime | None:
        """When a letter about it may go; never (None). `now`: what has gone by then it is not part of."""
        match self.way(category):
            case NoticeWay.NEVER:
                return None
            case NoticeWay.DIGEST:
                return self.digest_after(max(told_at, now), zone)
            case _:
                return self.awake(told_at, zone)


def next_at(after: datetime, hour: int, zone: Zone, weekday: int | None = None) -> datetime:
    """The next time after that when it is this full hour there (on this day of the week), in UTC.

    An hour that summer time skips is when it would have been; of one that comes twice it is the first.
    """
    there = ZoneInfo(zone)
    today = after.astimezone(there).date()
    days = (today + n * DAY for n in range(DAYS_AHEAD + 1))
    found = (datetime.combine(d, time(hour), there).astimezone(UTC) for d in days if weekday in {None, d.isoweekday()})
    return next(when for when in found if when > after)


def _optional(said: CategoryWay) -> None:
    """Nobody is without what keeps people safe."""
    if said.category is NoticeCategory.SAFEGUARDING and said.way is not NoticeWay.AT_ONCE:
        raise Refusal(RefusalCode.NOTICE_NOT_OPTIONAL, category=said.category)
