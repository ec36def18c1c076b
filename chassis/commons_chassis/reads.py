"""Reading: a query's transaction on a plain connection of asyncpg's, which takes a tenth of the processor that a session does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import asyncpg
import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.util import LRUCache

from commons_contracts.base import Actor

from . import telemetry
from .service import Service
from .tx import NOBODY, Row, Tx

S = TypeVar("S", bound=sa.Executable)

SHAPES = 1000
FLOAT8, NUMERIC = 701, 1700
DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]


class Readers:
    """So many connections at most, opened as they are needed."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], size: int) -> None:
        self._connect, self._free = connect, asyncio.Semaphore(size)
        self.size, self.used = size, 0
        self._idle: list[asyncpg.Connection] = []

    @asynccontextmanager
    async def transaction(self, service: Service, actor: Actor, now: datetime) -> AsyncIterator[Tx]:
        """READ ONLY, on the actor's ground, in as few round trips as there can be: one to begin, one to end."""
        with telemetry.span("transaction"):
            async with self._connection() as connection:
                tx = Tx(db=Reader(connection), metadata=service.metadata, actor=actor, now=now, keys=service.seal)  # type: ignore[arg-type]
                await connection.execute(_begin(tx))
                yield tx

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._free:
            connection = await self._open()
            self.used += 1
            try:
                yield connection
                await connection.execute("commit")
            except Exception as broken:
                if connection.is_closed():
                    connection.terminate()
                    raise ConnectionResetError from broken
                await connection.execute("rollback")
                self._idle.append(connection)
                raise
            except BaseException:
                connection.terminate()  # given up in the middle of something
                raise
            finally:
                self.used -= 1
            self._idle.append(connection)

    async def _open(self) -> asyncpg.Connection:
        """The one used last: the others may be let go by the server."""
        while self._idle:
            if not (connection := self._idle.pop()).is_closed():
                return connection
            connection.terminate()
        connection = await self._connect()
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=from_json)
        return connection

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def _begin(tx: Tx) -> str:
    """All of it are ids, whose text holds nothing but digits."""
    mine = f"set_config('app.person', '{tx.actor.person or NOBODY}', true), set_config('app.own', 'off', true)"
    return f"begin read only; select set_config('app.project', '{tx.project}', true), {mine}"


class Reader:
    """Stands in a `Tx` where commands have their session."""

    new = dirty = deleted = ()

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def execute(self, statement: sa.Executable, values: Mapping[str, Any] | None = None) -> Found:
        shape, key = _shape_of(statement)
        text, given = shape.filled(values, key)
        return Found(shape.rows(await self._connection.fetch(text, *given)))


class Found:
    """What was found, as a session's result gives it."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def mappings(self) -> Found:
        return self

    def all(self) -> list[Row]:
        return self._rows

    def first(self) -> Row | None:
        return self._rows[0] if self._rows else None

    def one(self) -> Row:
        (row,) = self._rows
        return row

    def scalar(self) -> Any:
        return next(iter(self._rows[0].values())) if self._rows else None


@dataclass(frozen=True, slots=True)
class Shape:
    """A statement as PostgreSQL is told it: the same for all that differ in their values alone."""

    compiled: Any
    makers: Sequence[tuple[str, Callable[[Any], Any] | None]]
    """Of each column its name, and what makes a value of ours from the driver's; empty where the driver's own will do."""

    @classmethod
    def of(cls, statement: Any, key: Any) -> Shape:
        compiled = statement.compile(dialect=DIALECT, cache_key=key)
        columns = [(c.keyname, c.type.dialect_impl(DIALECT)) for c in compiled._result_columns]  # noqa: SLF001
        makers = [(name, kind.result_processor(DIALECT, _oid(kind))) for name, kind in columns]
        return cls(compiled, makers if any(make for _, make in makers) else ())

    def filled(self, values: Mapping[str, Any] | None, key: Any) -> tuple[str, list[Any]]:
        """The text, and its values in their order."""
        it = self.compiled
        given = it.construct_params(
            values, extracted_parameters=key.bindparams, escape_names=False, _collected_params=key.params
        )
        text, order, makers = it.string, it.positiontup or (), it._bind_processors  # noqa: SLF001
        if it.post_compile_params:  # an IN, which is as long as what stands in it
            whole = it._process_parameters_for_postcompile(given)  # noqa: SLF001
            text, order, given, makers = (
                whole.statement,
                whole.positiontup,
                whole.parameters,
                {**makers, **whole.processors},
            )
        return text, [makers[name](given[name]) if name in makers else given[name] for name in order]

    def rows(self, records: Sequence[asyncpg.Record]) -> list[Row]:
        if not self.makers:
            return [dict(record) for record in records]
        return [
            {name: make(value) if make else value for (name, make), value in zip(self.makers, record, strict=True)}
            for record in records
        ]


def _oid(kind: Any) -> int:
    """PostgreSQL's number of a type, as far as SQLAlchemy asks for it: of numbers."""
    return FLOAT8 if isinstance(kind, sa.Float) else NUMERIC


_shapes: Any = LRUCache(SHAPES)
_kept: dict[int, tuple[sa.Executable, Any]] = {}


def kept(statement: S) -> S:
    """A statement that stands in a module and is asked again and again: what it is made of is looked at once."""
    _kept[id(statement)] = (statement, statement._generate_cache_key())  # type: ignore[attr-defined] # noqa: SLF001
    return statement


def _shape_of(statement: Any) -> tuple[Shape, Any]:
    """Found by what it is made of, as SQLAlchemy finds what it has compiled before."""
    _, key = _kept.get(id(statement)) or (None, statement._generate_cache_key())  # noqa: SLF001
    shape = _shapes.get(key.key)
    if shape is None:
        shape = _shapes[key.key] = Shape.of(statement, key)
    return shape, key
