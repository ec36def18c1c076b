"""How someone wants to be told by mail, for each of her projects; and stopping it from within a letter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..base import Command, Entry, Message, Query
from ..codes import DigestRhythm, Language, NoticeCategory, NoticeWay
from ..ids import ProjectId, Zone
from .entrance import Digest

Hour = Annotated[int, Field(ge=0, le=23)]
"""Of the clock on her wall."""
Weekday = Annotated[int, Field(ge=1, le=7)]
"""1 is Monday, as in ISO 8601."""


class CategoryWay(Message):
    """How the notices of one kind come."""

    category: NoticeCategory
    way: NoticeWay


class NoticePreferencesView(Message):
    """Her own. Hours are those of `zone`, whatever summer time does; where both quiet hours are the same there are none."""

    project: ProjectId
    ways: tuple[CategoryWay, ...]
    """Every kind there is, in their order; SAFEGUARDING stays AT_ONCE."""
    rhythm: DigestRhythm
    digest_hour: Hour
    digest_weekday: Weekday
    quiet_from: Hour
    quiet_until: Hour
    zone: Zone


class SetNoticePreferences(Command[NoticePreferencesView], entry=Entry.MEMBER):
    """What is not said stays as it is. It holds for letters that wait, too."""

    ways: Annotated[tuple[CategoryWay, ...], Field(max_length=20)] = ()
    rhythm: DigestRhythm | None = None
    digest_hour: Hour | None = None
    digest_weekday: Weekday | None = None
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None


class NoticePreferences(Query[NoticePreferencesView], entry=Entry.MEMBER):
    """The viewer's own, in the project she asks in; what holds by default where she has said nothing."""


class StopView(Message):
    """What a link to stop letters stops, for the page behind it: nothing of the person."""

    project_name: str
    category: NoticeCategory | None
    """None: all that comes in the digest."""
    language: Language
    stopped: bool


class StopNotices(Command[StopView], entry=Entry.GATEWAY):
    """No more letters of this kind. Whoever has the letter may; NOT_FOUND where the link is none."""

    link: Digest


class StopLink(Query[StopView], entry=Entry.GATEWAY):
    """What the link in a letter would stop."""

    link: Digest
