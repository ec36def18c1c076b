"""What mentoring tells the others."""

from __future__ import annotations

from datetime import date

from ..base import Event, Notice
from ..codes import Phase, Style
from ..ids import MatchId, MentorshipId, PersonId, ProgrammeId
from .design import ProgrammeRules


class ProgrammeDrafted(Event, of="programme"):
    """A coordinator began to design a programme."""

    programme: ProgrammeId
    version: int


class DraftRevised(Event, of="programme"):
    """A programme's draft was changed; nothing of it is in force."""

    programme: ProgrammeId
    version: int


class ProgrammePublished(Event, of="programme"):
    """Carries every rule that the others apply; no text."""

    programme: ProgrammeId
    version: int
    starts_on: date | None
    ends_on: date | None
    rules: ProgrammeRules


class MentorshipOpened(Event, of="mentorship", about=("mentor", "mentee")):
    """A mentorship began in its first phase."""

    mentorship: MentorshipId
    match: MatchId
    programme: ProgrammeId
    programme_version: int
    mentor: PersonId
    mentee: PersonId
    style: Style
    phase: Phase


class NoticeWanted(Notice, of="person", about=("person",)):
    """To profiles: tell her."""
