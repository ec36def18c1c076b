"""What stands in a letter, and the link in it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from importlib.resources import files
from string import Template
from urllib.parse import urlencode
from uuid import UUID

from commons_contracts.codes import Language
from commons_contracts.profiles import Digest


def token_of(link: UUID, key: bytes) -> str:
    """The same however often the letter is written, and nowhere kept: without the key, the database opens nothing."""
    made = hmac.new(key, b"sign-in\0" + link.bytes, hashlib.sha256).digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest_of(token: str) -> Digest:
    return hashlib.sha256(token.encode()).hexdigest()


def address_of(link: UUID, key: bytes, public_url: str) -> str:
    """Where the link leads."""
    return f"{public_url.rstrip('/')}/auth/link?{urlencode({'token': token_of(link, key)})}"


def sign_in_letter(link: str, to: str, sender: str, language: Language, letter: UUID) -> EmailMessage:
    """The letter with the link, in plain text. Its id follows from the link's: a provider may drop a second copy."""
    subject, _, body = _text(language).partition("\n")
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = Address(addr_spec=sender), Address(addr_spec=to), subject
    message["Message-ID"] = f"<{letter}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(Template(body.strip()).substitute(link=link) + "\n")
    return message


@cache
def _text(language: Language) -> str:
    return (files("commons_profiles.post") / "letters" / f"sign_in.{language}.txt").read_text(encoding="utf-8")
