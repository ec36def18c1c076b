"""A letter: what has to be sent to someone, kept until it was, and no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from commons_contracts.codes import Language
from commons_contracts.ids import PersonId, ProjectId
from commons_contracts.profiles import Address

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""When a letter may leave that asks no clock but the real one."""


class LetterKind(StrEnum):
    SIGN_IN = "SIGN_IN"
    NOTICE = "NOTICE"
    DIGEST = "DIGEST"


@dataclass(eq=False, kw_only=True)
class Letter:
    """Of notices it holds nothing: they stand where they are, and say which letter tells of them."""

    id: UUID
    kind: LetterKind
    leaves_at: datetime
    """Not before that, by the business clock."""
    try_at: datetime
    """By the real clock, as is `ends_at`."""
    tries: int = 0
    person: PersonId | None = None
    """Of a notice: where she is to be reached, and in which language, is seen when it leaves."""
    project: ProjectId | None = None
    address: Address | None = None
    """Of a link to sign in: whose it is, is not known yet."""
    language: Language | None = None
    ends_at: datetime | None = None
    """From then on nobody needs it any more."""


def sign_in_letter(id: UUID, address: Address, language: Language, *, ends_at: datetime, at: datetime) -> Letter:
    return Letter(
        id=id,
        kind=LetterKind.SIGN_IN,
        leaves_at=BEFORE_ALL,
        try_at=at,
        address=address,
        language=language,
        ends_at=ends_at,
    )
