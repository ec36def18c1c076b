"""Days and zones: which day it is where someone lives, and which zones there are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import Zone


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def known_zone(name: Zone) -> Zone:
    """The zone itself, where the IANA database has it."""
    if name not in _zones():
        raise Refusal(RefusalCode.NOT_FOUND, "zone", zone=name)
    return name


def today(at: datetime, zone: Zone) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def beginning(day: date, zone: Zone) -> datetime:
    """When that day begins in the zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
