"""A batch: all of it, or a refusal that says which row it stumbled over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from commons_contracts.base import Refusal


@contextmanager
def in_row(number: int) -> Iterator[None]:
    """Names the row, counted from 0, in whatever is refused within."""
    try:
        yield
    except Refusal as no:
        raise Refusal(no.code, no.rule, **{**no.params, "row": number}) from no
