"""How people come in and go out: letters with a link, sessions of browsers, and what a home institution says of someone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from ..base import Command, Done, Entry, Event, Message, Query
from ..codes import AffiliationKind, Language
from ..ids import PersonId

MAIL_ISSUER = "mailto:"
"""The issuer of whoever has shown that an e-mail address is hers: the platform itself. No provider's address can be this."""

Address = Annotated[str, StringConstraints(pattern=r"^[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,189}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""The SHA-256 of a secret, in hexadecimal: what was given to a browser is never kept, and travels no further than the gateway."""
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{1,99}$")]
IssuerName = Annotated[str, Field(min_length=1, max_length=255)]
LocalPath = Annotated[str, StringConstraints(pattern=r"^/([^/\\\s][^\\\s]*)?$", max_length=300)]
"""A place on the platform itself."""


class SessionView(Message):
    id: UUID
    person: PersonId
    issuer: IssuerName
    until: datetime
    """When it ends, if nobody uses it again before that."""
    renew: bool = False
    """Its secret has been around for long."""
    note: bool = False
    """That it is used should be noted."""


class SignedInView(Message):
    session: SessionView
    back: LocalPath = "/"


class SendLink(Command[Done], entry=Entry.GATEWAY):
    """Send a letter with a link that signs in whoever reads it; answered alike whether or not anybody is known there."""

    address: Address
    browser: Digest
    language: Language = Language.EN
    back: LocalPath = "/"


class UseLink(Command[SignedInView], entry=Entry.GATEWAY):
    """Open a session for whom the link was sent to. Once, in the browser that asked for it, or by who knows the address."""

    link: Digest
    session: Digest
    browser: Digest | None = None
    address: Address | None = None


class OpenSession(Command[SignedInView], entry=Entry.GATEWAY):
    """Open a session for someone whom her identity provider has vouched for."""

    person: PersonId
    issuer: IssuerName
    session: Digest


class RenewSession(Command[SignedInView], entry=Entry.GATEWAY):
    """Another secret for the same session; the one before ends once the new one was seen."""

    session: Digest
    fresh: Digest


class NoteSession(Command[Done], entry=Entry.GATEWAY):
    """The session was used."""

    session: Digest


class EndSession(Command[Done], entry=Entry.GATEWAY):
    """Sign out here, or everywhere."""

    session: Digest
    everywhere: bool = False


class EndSessionsOf(Command[Done], entry=Entry.OPERATOR):
    """Sign someone out everywhere."""

    person: PersonId


class Affiliation(Message):
    """What someone is at an institution, which is named by its domain."""

    kind: AffiliationKind
    domain: Domain


class NoteAffiliations(Command[Done], entry=Entry.GATEWAY):
    """What her identity provider says now; it replaces what the same one said before."""

    person: PersonId
    issuer: IssuerName
    items: Annotated[tuple[Affiliation, ...], Field(max_length=20)]


class SessionByDigest(Query[SessionView], entry=Entry.GATEWAY):
    """Whose session it is; NOT_FOUND where it never was, was ended, or ran out."""

    session: Digest


class SessionsEnded(Event, of="person", about=("person",)):
    """One of her sessions, or all of them: whoever remembers one should look again."""

    person: PersonId
    session: UUID | None
