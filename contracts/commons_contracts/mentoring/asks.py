"""What mentoring can be asked about programmes: commands first, then queries."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from ..base import Command, Entry, Message, Page, Query
from ..codes import Initiator, Method, Role, Style
from ..ids import ProgrammeId
from .design import ListRules, ProgrammeRules
from .views import Programmes, ProgrammeTexts, ProgrammeView

First = Annotated[int, Field(ge=1, le=100)]


class Changes(Message):
    """What a coordinator changes of the design she starts from; None keeps.

    `rules` and `texts` replace theirs as a whole, but for the frame, which stays, and for checklist items, readiness items,
    question sets and advice, which stay where they are given empty. The single fields are applied last.
    """

    recruitment_lead_days: Annotated[int, Field(ge=0, le=365)] | None = None
    styles: tuple[Style, ...] | None = None
    initiator: Initiator | None = None
    method: Method | None = None
    lists: ListRules | None = None
    rules: ProgrammeRules | None = None
    texts: ProgrammeTexts | None = None


class DraftProgramme(Command[ProgrammeView], roles=(Role.COORDINATOR,)):
    """Begins from the project's newest published design, or from `based_on`, with changes."""

    starts_on: date | None = None
    ends_on: date | None = None
    based_on: ProgrammeId | None = None
    changes: Changes = Changes()


class ReviseDraft(Command[ProgrammeView], roles=(Role.COORDINATOR,)):
    programme: ProgrammeId
    starts_on: date | None = None
    ends_on: date | None = None
    changes: Changes = Changes()


class PublishProgramme(Command[ProgrammeView], roles=(Role.COORDINATOR,)):
    programme: ProgrammeId


class SeedProgramme(Command[ProgrammeView], entry=Entry.OPERATOR):
    """Loads one of the shipped designs for a project and publishes it, by the same rules; `design` is its file's name."""

    design: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    starts_on: date | None = None
    ends_on: date | None = None


class ProgrammesPage(Query[Page[ProgrammeView]]):
    first: First = 20
    after: str | None = None


class ProgrammesByIds(Query[Programmes]):
    ids: tuple[ProgrammeId, ...]
