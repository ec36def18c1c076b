"""One way to make a letter, whatever it is about: plain text and HTML that say the same, and invitations where it has any."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from commons_contracts.codes import Language
from commons_contracts.profiles import Digest

from .speaking import pages, speaking
from .texts import SIGN_IN, SIGN_IN_BUTTON, SIGN_IN_NOTES

NAME = "STEM Commons"
Asks = Literal["REQUEST", "CANCEL"]


@dataclass(frozen=True)
class Item:
    """One thing that it tells; `when`: of a session, in her zone."""

    says: str
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a letter says, in its language."""

    language: Language
    subject: str
    items: tuple[Item, ...]
    url: str
    button: str
    notes: tuple[str, ...] = ()
    project: str = ""
    stop_url: str = ""


@dataclass(frozen=True)
class Invitation:
    """A calendar as RFC 5545 writes it, and what it asks the reader's calendar to do."""

    method: Asks
    calendar: bytes


def letter(content: Content, to: str, sender: str, id: UUID, invitations: Sequence[Invitation] = ()) -> EmailMessage:
    """Its Message-ID follows from its id, however often it is made: a provider may drop a second copy."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = Address(NAME, addr_spec=sender), Address(addr_spec=to)
    message["Subject"] = content.subject
    message["Message-ID"] = f"<{id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if content.stop_url:
        message["List-Unsubscribe"] = f"<{content.stop_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    templates = pages(content.language)
    message.set_content(templates.get_template("letter.txt").render(content=content).strip() + "\n")
    message.add_alternative(templates.get_template("letter.html").render(content=content), subtype="html")
    if len(invitations) == 1:  # what a mail program shows as an invitation, with its answer
        text, method = invitations[0].calendar.decode(), invitations[0].method
        message.add_alternative(text, subtype="calendar", params={"method": method})
    for number, one in enumerate(invitations, start=1):
        name = "session.ics" if len(invitations) == 1 else f"session-{number}.ics"
        message.add_attachment(one.calendar, maintype="application", subtype="ics", filename=name)
    message["Content-Language"] = content.language.value
    return message


def sign_in_content(link: UUID, key: bytes, public_url: str, language: Language) -> Content:
    """The letter with the link; nobody can be without it, so nothing in it stops it."""
    say = speaking(language).gettext
    return Content(
        language=language,
        subject=say(SIGN_IN.subject),
        items=(Item(say(SIGN_IN.says)),),
        url=f"{public_url.rstrip('/')}/auth/link?{urlencode({'token': token_of(link, key)})}",
        button=say(SIGN_IN_BUTTON),
        notes=tuple(say(note) for note in SIGN_IN_NOTES),
    )


def with_stop(content: Content, public_url: str, token: str) -> Content:
    """The same, with the way to get no more of its kind: a page for people, and what mail programs post to by themselves."""
    return replace(content, stop_url=f"{public_url.rstrip('/')}/notices/stop?{urlencode({'token': token})}")


# ---------------------------------------------------------------- what stands in links
def token_of(link: UUID, key: bytes) -> str:
    """The same however often the letter is written, and nowhere kept: without the key, the database opens nothing."""
    return _signed(b"sign-in\0" + link.bytes, key)


def stop_token_of(person: UUID, project: UUID, category: str, key: bytes) -> str:
    """The same in every letter of a kind to her; what it stops stands beside its hash."""
    return _signed(b"stop\0" + person.bytes + project.bytes + category.encode(), key)


def digest_of(token: str) -> Digest:
    return hashlib.sha256(token.encode()).hexdigest()


def _signed(said: bytes, key: bytes) -> str:
    return urlsafe_b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode().rstrip("=")
