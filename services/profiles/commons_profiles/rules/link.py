"""A link in a letter that signs in whoever reads it: once, for a quarter of an hour, where it was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from commons_contracts.base import Refusal
from commons_contracts.codes import Language, RefusalCode
from commons_contracts.ids import PersonId
from commons_contracts.profiles import Address, Digest, LocalPath

from .letter import Letter, sign_in_letter

VALID = timedelta(minutes=15)
KEPT = timedelta(days=1)
"""For so long a link that was used is told from one that never was."""
MOST_AN_HOUR = 5
HOUR = timedelta(hours=1)


@dataclass(eq=False, kw_only=True)
class Link:
    """All times are real ones: no clock of a rehearsal makes a link live longer."""

    id: UUID
    person: PersonId | None
    """Known only once it was used; until then nobody but the service itself sees the row."""
    address: Address
    token: Digest | None
    """Of what stands in the letter; none before the letter was written."""
    browser: Digest
    back: LocalPath
    asked_at: datetime
    used_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        return self.asked_at + VALID

    def use(self, *, browser: Digest | None, address: Address | None, at: datetime) -> None:
        """A link that ran out and one that does not exist answer alike, and so does one that is not for whoever has it.

        Having it is not enough, because letters are forwarded, logged, and opened by what looks for viruses: it is
        for the browser that asked, or for who can say where it was sent.
        """
        if browser != self.browser and address != self.address:
            raise Refusal(RefusalCode.NOT_FOUND, "link")
        if self.used_at is not None:
            raise Refusal(RefusalCode.TOKEN_USED)
        if at >= self.ends_at:
            raise Refusal(RefusalCode.NOT_FOUND, "link")
        self.used_at = at


def send_link(
    id: UUID, address: Address, browser: Digest, language: Language, back: LocalPath, *, at: datetime
) -> tuple[Link, Letter]:
    """A link, and the letter that brings it; the same for everybody, known or not."""
    link = Link(id=id, person=None, address=address, token=None, browser=browser, back=back, asked_at=at)
    letter = sign_in_letter(id, address, language, ends_at=link.ends_at, at=at)
    return link, letter
