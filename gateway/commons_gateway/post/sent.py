"""In development letters become files: what they are, for whoever looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

KIND = ".eml"


@dataclass(frozen=True)
class Sent:
    """One letter, taken apart; `files`: what is enclosed, by name."""

    name: str
    to: str
    subject: str
    at: datetime | None
    headers: tuple[tuple[str, str], ...]
    plain: str
    html: str
    files: Mapping[str, bytes]


def names(folder: Path) -> list[str]:
    """Of all letters there, in the order in which they were sent."""
    return sorted(file.name.removesuffix(KIND) for file in folder.glob(f"[!.]*{KIND}")) if folder.exists() else []


def read(folder: Path, name: str) -> Sent:
    """LookupError where there is no such letter; the name may come from anybody."""
    if name not in names(folder):
        raise LookupError(name)
    message = message_from_bytes((folder / f"{name}{KIND}").read_bytes(), EmailMessage, policy=default)
    at = message["Date"].datetime if message["Date"] else None
    enclosed = {part.get_filename() or "file": part.get_payload(decode=True) for part in message.iter_attachments()}
    return Sent(
        name=name,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=at,
        headers=tuple((key, str(value)) for key, value in message.items()),
        plain=_body(message, "plain"),
        html=_body(message, "html"),
        files={file: content for file, content in enclosed.items() if isinstance(content, bytes)},
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else ""
