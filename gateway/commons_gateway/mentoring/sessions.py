"""Sessions of a pair as its two people see them: when, about what, what came of it, and how many hours it makes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import strawberry

from commons_contracts import mentoring as contract
from commons_contracts.codes import Modality, RefusalCode, SessionState, SessionWarning
from commons_contracts.ids import MentorshipId, SessionId

from ..context import Batch
from ..fields import After, First, Shown, adds, asks, said, shape, told
from ..matching.mentors import Permission, allowed_unless
from ..profiles.own import Viewer
from ..profiles.people import Pair, Person
from ..relay import Listing, Node, global_id, listing
from ..scalars import TimeZone
from .mentorships import MENTORSHIPS, Mentorship

SESSIONS: Batch[SessionId, contract.SessionView] = Batch(contract.SessionsByIds, "ids", lambda session: session.id)
HOURS: Batch[MentorshipId, contract.HoursView] = Batch(
    contract.HoursByMentorships, "mentorships", lambda hours: hours.mentorship
)


@shape
class LocalTime:
    """A session's time as one of the two reads it on her clock."""

    person: Person = said("Whose clock.")
    zone: TimeZone = said("Her time zone.")
    starts_at: str = said("When it begins there, as in `2026-10-05T17:00:00+02:00`.")
    ends_at: str = said("When it ends there.")


@shape
class SessionTask(Shown[contract.TaskView]):
    """Something that one of the two said she would do."""

    what: str = said("What she does.")
    due_on: date | None = said("Until when.")
    done_at: datetime | None = said("Since when it is done; none while it is not.")

    @told
    def id(self) -> strawberry.ID:
        """Opaque and unique: `completeTask` takes it."""
        return global_id("SessionTask", self.view.id)

    @told
    def owner(self) -> Person:
        """Who does it."""
        return Person.of(self.view.owner, self.ground)


@shape
class SessionViewerCan(Shown[contract.SessionView]):
    """What the viewer can do with a session."""

    @told
    def accept_session(self) -> Permission:
        """Say yes to it."""
        return allowed_unless(None if self.view.may_accept else RefusalCode.INVALID_TRANSITION)

    @told
    def record_session(self) -> Permission:
        """Say that it was held."""
        return allowed_unless(None if self.view.may_record else RefusalCode.SESSION_NOT_HELD)


@shape
class Session(Node, Pair[contract.SessionView]):
    """A meeting of a mentor and a mentee. Only the two see it."""

    state: SessionState = said("Where it stands.")
    starts_at: datetime = said("When it begins.")
    minutes: int = said("How long it lasts; once it was held, how long it was.")
    mode: Modality = said("How they meet: ONLINE, FACE_TO_FACE or HYBRID.")
    sequence: int = said("How often it was changed, as calendars count it.")
    agenda: str = said("What it is about, as the mentee wrote it.")
    notes: str = said("Its minutes, which both write and read.")
    warnings: list[SessionWarning] = said("What should be known of it, though it is allowed.")

    @told
    def ends_at(self) -> datetime:
        """When it ends."""
        return self.view.starts_at + timedelta(minutes=self.view.minutes)

    @told
    def proposed_by(self) -> Person:
        """Who proposed it, or moved it last."""
        return Person.of(self.view.proposed_by, self.ground)

    @told
    def times(self) -> list[LocalTime]:
        """When it is on the clock of each of the two: the mentor's first."""
        view = self.view
        ends_at = view.starts_at + timedelta(minutes=view.minutes)
        return [
            LocalTime(
                person=Person.of(person, self.ground),
                zone=TimeZone(zone),
                starts_at=view.starts_at.astimezone(ZoneInfo(zone)).isoformat(),
                ends_at=ends_at.astimezone(ZoneInfo(zone)).isoformat(),
            )
            for person, zone in ((view.mentor, view.mentor_zone), (view.mentee, view.mentee_zone))
        ]

    @told
    def tasks(self) -> list[SessionTask]:
        """What the two do until the next time."""
        return [SessionTask.of(task, self.ground) for task in self.view.tasks]

    @told
    def viewer_can(self) -> SessionViewerCan:
        """What the viewer can do now."""
        return SessionViewerCan.of(self.view, self.ground)

    @asks(contract.MentorshipsByIds)
    async def mentorship(self) -> Mentorship | None:
        """The mentorship it belongs to."""
        found = await self.ground.load(MENTORSHIPS, self.view.mentorship)
        return Mentorship.of(found, self.ground) if found else None


@shape
class MonthHours(Shown[contract.MonthHours]):
    """How much two have met in a month, or are going to."""

    month: date = said("The first day of the month, in the project's zone.")
    sessions: int = said("How many sessions were held or stand.")
    minutes: int = said("How many minutes they take together.")
    held_minutes: int = said("How many of these minutes were held.")
    agreed_minutes: int | None = said("How many the two have agreed on for a month; none before they have.")


@adds(Mentorship, contract.SessionsPage)
async def sessions(
    root: strawberry.Parent[Mentorship], first: First = 20, after: After = None
) -> Listing[Session] | None:
    """Its sessions, the latest first."""
    asked = {"mentorship": root.view.id}
    return await listing(root.ground, contract.SessionsPage, Session.of, first=first, after=after, **asked)


@adds(Mentorship, contract.HoursByMentorships)
async def hours(root: strawberry.Parent[Mentorship]) -> list[MonthHours] | None:
    """How much the two have met, month by month."""
    found = await root.ground.load(HOURS, root.view.id)
    return [MonthHours.of(month, root.ground) for month in found.months] if found else []


@adds(Viewer, contract.SessionsPage, name="sessions")
async def own_sessions(
    root: strawberry.Parent[Viewer], first: First = 20, after: After = None
) -> Listing[Session] | None:
    """The sessions of all her mentorships, the latest first."""
    return await listing(root.ground, contract.SessionsPage, Session.of, first=first, after=after)
