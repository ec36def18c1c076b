"""How often and how much one may ask: token buckets that fill with real time, held by this gateway alone."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Any

from pydantic import BaseModel, Field, model_validator

from commons_chassis.clock import real_now
from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode
from commons_contracts.geo import OrganisationsNear, PlacesNamed
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.matching import (
    ContinueAsTraditional,
    DeclineConnection,
    JoinWaitlist,
    MentorsPage,
    RequestConnection,
    RequestFlash,
    Suggestions,
)
from commons_contracts.profiles import MembersPage

COST = 1_000
"""The most that one question may cost, so the least that a bucket of costs must hold."""
SECONDS_A_MINUTE = 60.0
MOST_BUCKETS = 50_000
"""Some 300 bytes each. Of more callers at once, the one who has been quiet for longest begins with full buckets."""
NETWORK_BITS = 64
"""What one subscriber is given of IPv6, where each device makes up the other half of its address, anew every day."""


class Bucket(StrEnum):
    """What is counted apart from the rest."""

    PERSON = "person"
    ADDRESS = "address"
    PROJECT = "project"
    STRANGERS = "strangers"
    WRITE = "write"
    FOLLOW = "follow"
    SIGN_IN = "sign_in"
    LOOK_UP = "look_up"
    REQUEST = "request"
    MESSAGE = "message"


BUCKET_OF: Mapping[type[Any], Bucket] = {
    ContinueAsTraditional: Bucket.REQUEST,
    DeclineConnection: Bucket.MESSAGE,
    JoinWaitlist: Bucket.REQUEST,
    MembersPage: Bucket.LOOK_UP,
    MentorsPage: Bucket.LOOK_UP,
    OrganisationsNear: Bucket.LOOK_UP,
    PlacesNamed: Bucket.LOOK_UP,
    RequestConnection: Bucket.REQUEST,
    RequestFlash: Bucket.REQUEST,
    Suggestions: Bucket.LOOK_UP,
}
"""What a field's question to a service is counted as, beside its cost."""


class Rate(BaseModel):
    """As much as `burst` at once, and `per_minute` in the long run."""

    burst: float = Field(gt=0)
    per_minute: float = Field(gt=0)


def _rate(burst: float, per_minute: float) -> Rate:
    return Rate(burst=burst, per_minute=per_minute)


class Rates(BaseModel):
    """`COMMONS_RATES__TIMES`, `COMMONS_RATES__REQUEST__BURST` ...: what each gateway allows. Several allow as much each."""

    times: float = Field(default=1.0, gt=0)
    """All of them so many times over."""
    person: Rate = _rate(5_000, 6_000)
    """What the questions of one person cost."""
    address: Rate = _rate(2_000, 3_000)
    """What those from one address cost that say of nobody that she asks."""
    project: Rate = _rate(100_000, 120_000)
    """What the questions about one project cost together, of all who are signed in."""
    strangers: Rate = _rate(20_000, 30_000)
    """What those of all others cost: nobody in particular cannot use up what its members have."""
    write: Rate = _rate(60, 60)
    """Changes of one person."""
    follow: Rate = _rate(60, 60)
    """Subscriptions that one person begins."""
    sign_in: Rate = _rate(30, 20)
    """Attempts to sign in from one address."""
    look_up: Rate = _rate(60, 120)
    """Searches for people and places by one person."""
    request: Rate = _rate(10, 1)
    """Requests for a mentorship by one person."""
    message: Rate = _rate(20, 20)
    """Words of one person to another."""

    @model_validator(mode="after")
    def _hold_a_question(self) -> Rates:
        for bucket in (Bucket.PERSON, Bucket.ADDRESS, Bucket.PROJECT, Bucket.STRANGERS):
            if self.of(bucket).burst * self.times < COST:
                raise ValueError(f"COMMONS_RATES__{bucket.upper()}__BURST is less than one question may cost: {COST}")
        return self

    def of(self, bucket: Bucket) -> Rate:
        """The rate of a bucket, before `times`."""
        found: Rate = getattr(self, bucket.value)
        return found


@dataclass(frozen=True)
class Payer:
    """Whose buckets a question is taken from: a person's, or where nobody is signed in, those of her address."""

    person: PersonId | None
    address: str
    project: ProjectId | None

    @property
    def own(self) -> Bucket:
        return Bucket.ADDRESS if self.person is None else Bucket.PERSON

    @property
    def key(self) -> object:
        return _network(self.address) if self.person is None else self.person

    @property
    def house(self) -> Bucket:
        return Bucket.STRANGERS if self.person is None else Bucket.PROJECT


@dataclass(frozen=True)
class Left:
    """What a payer can still spend, and when she has everything again."""

    remaining: int
    reset_at: datetime


class Meter:
    """All buckets of this gateway. `now`: seconds of a clock that only goes forward, whatever the business clock does."""

    def __init__(self, rates: Rates, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._rates = {
            bucket: (rates.of(bucket).burst * rates.times, rates.of(bucket).per_minute * rates.times / SECONDS_A_MINUTE)
            for bucket in Bucket
        }
        self._levels: OrderedDict[tuple[Bucket, object], tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def begin(self, payer: Payer) -> None:
        """Before anything of a question is read. Raises Fault RATE_LIMITED when its payer has nothing left."""
        self._need({(payer.own, payer.key): 1.0}, take=False)

    def spend(self, payer: Payer, cost: float, calls: Mapping[Bucket, int]) -> None:
        """Take all that a question asks for, or nothing. Raises Fault RATE_LIMITED."""
        needs: dict[tuple[Bucket, object], float] = {
            (payer.own, payer.key): cost,
            (payer.house, payer.project): cost,
        }
        self._need(needs | {(bucket, payer.key): count for bucket, count in calls.items()}, take=True)

    def call(self, bucket: Bucket, key: object) -> None:
        """One more of a kind that is no GraphQL, such as an attempt to sign in from an address. Raises Fault RATE_LIMITED."""
        self._need({(bucket, _network(key) if isinstance(key, str) else key): 1.0}, take=True)

    def fine(self, payer: Payer, cost: float) -> None:
        """A question that was read in vain is paid for, too, as far as there is something left."""
        where = (payer.own, payer.key)
        self._keep(where, max(self._level(where) - cost, 0.0))

    def left(self, payer: Payer) -> Left:
        where = (payer.own, payer.key)
        (burst, a_second), level = self._rates[payer.own], self._level(where)
        return Left(int(level), real_now() + timedelta(seconds=math.ceil((burst - level) / a_second)))

    def _need(self, needs: Mapping[tuple[Bucket, object], float], *, take: bool) -> None:
        levels, wait, short = {}, 0.0, None
        for where, amount in needs.items():
            burst, a_second = self._rates[where[0]]
            levels[where] = self._level(where) - min(amount, burst)  # what never fits takes all there is
            if (seconds := -levels[where] / a_second) > wait:
                wait, short = seconds, where[0]
        if short is not None:
            raise Limited(short, float(math.ceil(wait)))
        if take:
            for where, level in levels.items():
                self._keep(where, level)

    def _level(self, where: tuple[Bucket, object]) -> float:
        burst, a_second = self._rates[where[0]]
        if where not in self._levels:
            return burst
        level, then = self._levels[where]
        return min(burst, level + (self._now() - then) * a_second)

    def _keep(self, where: tuple[Bucket, object], level: float) -> None:
        self._levels[where] = (level, self._now())
        self._levels.move_to_end(where)
        for _ in range(2):  # one more than comes in: the table shrinks again by itself
            oldest = next(iter(self._levels))
            full = self._level(oldest) >= self._rates[oldest[0]][0]  # a full bucket is as good as none
            if oldest == where or (len(self._levels) <= MOST_BUCKETS and not full):
                break
            del self._levels[oldest]


class Limited(Fault):
    """Which bucket is empty, and for how many seconds."""

    def __init__(self, bucket: Bucket, seconds: float) -> None:
        super().__init__(FaultCode.RATE_LIMITED, retry_after=seconds)
        self.bucket = bucket


def _network(address: str) -> str:
    """The subscriber behind an address, as far as it tells."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return address
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(IPv6Address(int(read) >> (128 - NETWORK_BITS) << (128 - NETWORK_BITS)))
