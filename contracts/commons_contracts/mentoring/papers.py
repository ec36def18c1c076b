"""What can be taken along as a file: agreements, certificates, and tables for coordinators."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..base import Entry, Message, Query
from ..codes import PaperForm, Role
from ..ids import AgreementId, MentorshipId, ProgrammeId

Name = Annotated[str, Field(max_length=200)]
"""As the viewer may see it: the gateway, which asks in her name, has it from profiles."""
Site = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$", max_length=200)]


class Paper(Message):
    """A file: its name, its media type, and its bytes in base64."""

    name: str
    media: str
    content: str
    styles: str = ""
    """Of a page: the styles that are in it, so that it can be shown with these alone."""


class AgreementPaper(Query[Paper], audited=True):
    """One version of an agreement, for one of its two, as PDF or PAGE."""

    agreement: AgreementId
    form: PaperForm
    mentor: Name
    mentee: Name


class CertificatePaper(Query[Paper]):
    """The viewer's own certificate of a mentorship that was completed, as PDF or BADGE."""

    mentorship: MentorshipId
    form: PaperForm
    name: Name
    site: Site


class MentorshipsTable(Query[Paper], roles=(Role.COORDINATOR,), audited=True):
    """All mentorships, a row each, with figures and no words."""

    programme: ProgrammeId | None = None


class EvaluationsTable(Query[Paper], roles=(Role.COORDINATOR,), audited=True):
    """The answers that were written for the project, a row each."""

    programme: ProgrammeId | None = None


class BadgeKeysView(Message):
    """The public keys by which badges are checked, as a JWK Set."""

    keys: tuple[dict[str, str], ...]


class BadgeKeys(Query[BadgeKeysView], entry=Entry.ANYONE):
    pass
