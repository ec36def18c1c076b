"""Fresh ids, ordered by time."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUID of version 7: unique, and sorted by when it was made."""
    return uuid7()
