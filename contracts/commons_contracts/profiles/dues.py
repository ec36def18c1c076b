"""What profiles tells itself to look at later."""

from __future__ import annotations

from ..base import Due
from ..ids import PersonId


class ComingOfAgeDue(Due):
    """The first day on which she is an adult has begun."""

    person: PersonId
