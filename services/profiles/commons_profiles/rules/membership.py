"""A membership: what a person is in one project, and whether she is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from commons_contracts.base import Refusal
from commons_contracts.codes import ActiveBand, Audience, PauseCause, RefusalCode, Role
from commons_contracts.ids import MembershipId, PersonId, ProjectId, membership_of
from commons_contracts.profiles import (
    MembershipBegan,
    MembershipEnded,
    MentoringPaused,
    MentoringResumed,
    RolesGranted,
    RolesRevoked,
)

from .person import Person

GRANTED = frozenset({Role.FACILITATOR, Role.COORDINATOR, Role.SAFEGUARDING_LEAD})
"""Roles that give power over others, which nobody gives herself."""

BANDS = (
    (timedelta(days=7), ActiveBand.THIS_WEEK),
    (timedelta(days=31), ActiveBand.THIS_MONTH),
    (timedelta(days=92), ActiveBand.THIS_QUARTER),
)


@dataclass(eq=False, kw_only=True)
class Membership:
    """One account may be a member of several projects, with other roles in each (journey J10.1).

    Without a role it is a membership that was: she is a stranger there, and may join again.
    """

    id: MembershipId
    project: ProjectId
    person: PersonId
    roles: tuple[Role, ...]
    audience: Audience | None
    active_on: date
    paused: PauseCause | None = None
    resumed_at: datetime | None = None
    invited_at: datetime | None = None
    """A coordinator's table brought her, and she has not come herself yet: nobody but coordinators sees her."""

    def come_in(self) -> None:
        """What was written about her has been before her eyes, and she takes part of her own will."""
        self.invited_at = None

    def take(self, roles: Iterable[Role], audience: Audience | None, *, at: datetime) -> list[RolesGranted]:
        """Roles are added, never lost by joining again."""
        self.audience = audience or self.audience
        together = _in_order({*self.roles, *roles})
        if together == _in_order(self.roles):
            return []
        self.roles = together
        return [RolesGranted(project=self.project, at=at, membership=self.id, person=self.person, roles=together)]

    def lose(self, role: Role, *, at: datetime) -> list[RolesRevoked | MembershipEnded]:
        """Whoever loses her last role is no member any more."""
        if role not in self.roles:
            return []
        self.roles = tuple(held for held in self.roles if held != role)
        if not self.roles:
            return [MembershipEnded(project=self.project, at=at, membership=self.id, person=self.person)]
        return [RolesRevoked(project=self.project, at=at, membership=self.id, person=self.person, roles=self.roles)]

    def end(self, *, at: datetime) -> list[MembershipEnded]:
        """From now on she is a stranger."""
        if not self.roles:
            return []
        self.roles = ()
        return [MembershipEnded(project=self.project, at=at, membership=self.id, person=self.person)]

    def come_back(
        self, person: Person, roles: Iterable[Role], audience: Audience | None, *, at: datetime
    ) -> MembershipBegan:
        """Everything that she told of herself before is there again, and what she is has begun anew."""
        person.may_act()
        self.roles, self.audience, self.active_on = _in_order(roles), audience or self.audience, at.date()
        return self.began(person, at=at)

    def began(self, person: Person, *, at: datetime) -> MembershipBegan:
        """Also her safety card."""
        return MembershipBegan(
            project=self.project,
            at=at,
            membership=self.id,
            person=self.person,
            roles=self.roles,
            adult=person.adult(at),
        )

    def pause(self, cause: PauseCause, *, at: datetime) -> list[MentoringPaused]:
        """Whichever cause came first stands."""
        if self.paused is not None:
            return []
        self.paused = cause
        return [MentoringPaused(project=self.project, at=at, membership=self.id, person=self.person, cause=cause)]

    def fall_silent(self, *, at: datetime) -> list[MentoringPaused]:
        """Requests to her stay unanswered (journey J1.9). What was before she last said that she is there counts no more."""
        if self.resumed_at is not None and at <= self.resumed_at:
            return []
        return self.pause(PauseCause.UNANSWERED_REQUESTS, at=at)

    def resume(self, *, at: datetime) -> list[MentoringResumed]:
        """Lifts any pause: she says that she is there."""
        self.resumed_at = at
        if self.paused is None:
            return []
        self.paused = None
        return [MentoringResumed(project=self.project, at=at, membership=self.id, person=self.person)]


def join(
    person: Person, project: ProjectId, roles: Iterable[Role], audience: Audience | None, *, at: datetime
) -> tuple[Membership, MembershipBegan]:
    """Becoming a member; for adults only, until there is a guardian's consent (journey J9.1)."""
    person.may_act()
    membership = Membership(
        id=membership_of(person.person, project),
        project=project,
        person=person.person,
        roles=_in_order(roles),
        audience=audience,
        active_on=at.date(),
    )
    return membership, membership.began(person, at=at)


def choose_oneself(roles: Iterable[Role]) -> None:
    """Role first, then profile (WESTEM mentor manual, joining): at least one, and none that must be granted."""
    chosen = set(roles)
    if not chosen or chosen & GRANTED:
        raise Refusal(RefusalCode.ROLE_NOT_ALLOWED, roles=[r for r in Role if r not in GRANTED])


def band(active_on: date, today: date) -> ActiveBand:
    """How recently she was here, so that nobody writes to the absent, and nobody can watch her by the minute."""
    away = today - active_on
    return next((name for limit, name in BANDS if away < limit), ActiveBand.LONGER_AGO)


def _in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    held = set(roles)
    return tuple(role for role in Role if role in held)
