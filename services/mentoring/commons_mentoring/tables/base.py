"""What mentoring's tables are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Dialect

from commons_chassis.classify import NONE
from commons_chassis.tables import new_metadata
from commons_contracts.base import Message


class Written(sa.types.TypeDecorator[Message]):
    """A frozen message of the contracts, written down as JSON."""

    impl = pg.JSONB
    cache_ok = True

    def __init__(self, kind: type[Message]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Message | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> Message | None:  # noqa: ARG002 - the same
        return None if value is None else self.kind.model_validate(value)


metadata = new_metadata()


def code(name: str, kind: type[StrEnum], **more: Any) -> sa.Column[Any]:
    """A code of a closed list, kept as its text; the list itself is the contracts' to guard."""
    listed = sa.Enum(kind, native_enum=False, length=40)
    return sa.Column(name, listed, **{"nullable": False, "info": NONE, **more})


def moment(name: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"info": NONE, **more})
