"""Sessions of a pair: proposed, accepted, moved, held; what is written about them; and each person's calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from ..base import Command, Due, Entry, Event, Message, Page, Query
from ..codes import Language, Modality, Role, SessionState, SessionWarning
from ..ids import MentorshipId, PersonId, SessionId, TaskId, Zone
from .asks import First

Minutes = Annotated[int, Field(ge=1, le=480)]
Words = Annotated[str, Field(max_length=4000)]
FeedDigest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a feed's token, in hexadecimal: the token itself is known to its owner's calendar alone."""


class TaskView(Message):
    """Something that one of the two said she would do."""

    id: TaskId
    owner: PersonId
    what: str
    due_on: date | None
    done_at: datetime | None


class SessionView(Message):
    """A meeting of the two, for the two alone. Times are UTC; the zones say how each of them reads her clock."""

    id: SessionId
    mentorship: MentorshipId
    mentor: PersonId
    mentee: PersonId
    proposed_by: PersonId
    state: SessionState
    starts_at: datetime
    minutes: int
    mode: Modality
    sequence: int
    """Counts how often it was changed, for calendars."""
    mentor_zone: Zone
    mentee_zone: Zone
    agenda: str
    notes: str
    """The minutes of the meeting, which both write and read."""
    tasks: tuple[TaskView, ...]
    warnings: tuple[SessionWarning, ...]
    may_accept: bool
    may_record: bool


class Sessions(Message):
    items: tuple[SessionView, ...]


class MonthHours(Message):
    """What the two have met in a month of their project's calendar; `minutes`: held, and still to come."""

    month: date
    sessions: int
    minutes: int
    held_minutes: int
    agreed_minutes: int | None


class HoursView(Message):
    mentorship: MentorshipId
    months: tuple[MonthHours, ...]


class AllHours(Message):
    items: tuple[HoursView, ...]


class Meeting(Message):
    """What a proposal to meet says, whichever it is."""

    mentorship: MentorshipId
    starts_at: datetime
    minutes: Minutes
    mode: Modality = Modality.ONLINE
    agenda: Words = ""


class ProposeFirstMeeting(Meeting, Command[SessionView]):
    """By the mentee, who plans the meetings; the mentor accepts it."""


class ScheduleSession(Meeting, Command[SessionView]):
    """Proposes a session; it stands once the other one accepts. The agenda comes from the mentee."""


class AcceptSession(Command[SessionView]):
    """The mentee brings an agenda, where there is none yet."""

    session: SessionId
    agenda: Words = ""


class RescheduleSession(Command[SessionView]):
    """Another time for it; the other one accepts anew."""

    session: SessionId
    starts_at: datetime
    minutes: Minutes | None = None
    mode: Modality | None = None


class CancelSession(Command[SessionView]):
    """By either: a proposal is declined or taken back, a session that stands is called off. No reason is asked."""

    session: SessionId


class SetAgenda(Command[SessionView]):
    """By the mentee, until it begins."""

    session: SessionId
    agenda: Words


class RecordSession(Command[SessionView]):
    """It was held. `minutes`: how long it really was, where that was not as planned."""

    session: SessionId
    minutes: Minutes | None = None
    notes: Words = ""


class WriteNotes(Command[SessionView]):
    """The minutes of a session that was held, for both to read; they replace what stood there."""

    session: SessionId
    notes: Words


class AddTask(Command[SessionView]):
    """Who does what until when."""

    session: SessionId
    side: Role
    what: Annotated[str, Field(min_length=1, max_length=500)]
    due_on: date | None = None


class CompleteTask(Command[SessionView]):
    task: TaskId
    done: bool = True


class SessionsPage(Query[Page[SessionView]]):
    """The viewer's own, of one mentorship or of all; the latest first."""

    mentorship: MentorshipId | None = None
    first: First = 20
    after: str | None = None


class SessionsByIds(Query[Sessions]):
    ids: tuple[SessionId, ...]


class HoursByMentorships(Query[AllHours]):
    """Of the viewer's own mentorships, month by month."""

    mentorships: tuple[MentorshipId, ...]


class CalendarFeedView(Message):
    """That a feed is there, and since when. Its address is shown once, when it is made."""

    since: datetime
    language: Language


class CalendarFeeds(Message):
    items: tuple[CalendarFeedView, ...]


class CalendarView(Message):
    """A calendar as RFC 5545 writes it; with neutral titles, and no words of anybody."""

    text: str


class RenewCalendarFeed(Command[CalendarFeedView], entry=Entry.ACCOUNT):
    """A new token for her calendar's address; the one before opens nothing any more."""

    feed: FeedDigest


class EndCalendarFeed(Command[CalendarFeeds], entry=Entry.ACCOUNT):
    """Her calendar can be followed no longer."""


class OwnCalendarFeed(Query[CalendarFeeds], entry=Entry.ACCOUNT):
    """None, or the one she has."""


class CalendarByFeed(Query[CalendarView], entry=Entry.GATEWAY):
    """Whoever has the token has the calendar; NOT_FOUND where it opens none."""

    feed: FeedDigest


class SessionReminderDue(Due):
    """A session begins in so many minutes."""

    session: SessionId
    minutes: int


class OfSession(Message):
    """What every fact about a session says: enough for whoever writes an invitation."""

    session: SessionId
    mentorship: MentorshipId
    mentor: PersonId
    mentee: PersonId
    starts_at: datetime
    minutes: int
    mode: Modality
    sequence: int
    by: Role | None


class SessionProposed(OfSession, Event, of="session", about=("mentor", "mentee")):
    """One of a pair proposed a time to meet."""


class SessionScheduled(OfSession, Event, of="session", about=("mentor", "mentee")):
    """A session stands: both have said yes. `by`: who said it last; nobody where a flash slot had said it before."""


class SessionMoved(OfSession, Event, of="session", about=("mentor", "mentee")):
    """One of a pair proposed another time for a session; it stands again once the other one accepts."""


class SessionCancelled(OfSession, Event, of="session", about=("mentor", "mentee")):
    """A session was declined, taken back or called off. `by`: nobody where its mentorship was over."""


class SessionHeld(OfSession, Event, of="session", about=("mentor", "mentee")):
    """Two have met, for so many minutes."""
