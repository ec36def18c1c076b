"""Faults: of the protocol, of authentication, of a resting service, or ours. Not refusals: nobody decided anything."""

from __future__ import annotations

from asyncpg import PostgresError
from nats.errors import Error as NatsError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from commons_contracts.codes import FaultCode

CONFLICTS = ("40001", "40P01")
PASSING = ("08", "40", "53", "55P03", "57", "58")
"""How an SQLSTATE begins: connections, crossed transactions, resources, a lock waited for too long, operators
(stopping, starting), the system itself.
"""

UNSTORABLE = ("22021", "22P05")
"""SQLSTATE: a character that PostgreSQL cannot keep (NUL, a lone surrogate): the caller's mistake."""


class Fault(Exception):
    """A request that was not decided. `retry_after`: seconds until another try makes sense."""

    def __init__(self, code: FaultCode, *, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after


def conflicting(error: BaseException) -> bool:
    """Did two transactions cross, so that running this one again is right?"""
    return isinstance(error, StaleDataError) or _sqlstate(error) in CONFLICTS


def unstorable(error: BaseException) -> bool:
    """Did the caller send a character that no text can hold?"""
    return _sqlstate(error) in UNSTORABLE


def passing(error: BaseException) -> bool:
    """Will it be over by itself, with nothing changed here: a server away, starting or too busy, a network, a crossing?"""
    if isinstance(error, DBAPIError | PostgresError):
        return getattr(error, "connection_invalidated", False) or _sqlstate(error).startswith(PASSING)
    return isinstance(error, (PoolTimeout, StaleDataError, NatsError, OSError, TimeoutError))


def _sqlstate(error: BaseException) -> str:
    """PostgreSQL's own number, whether SQLAlchemy or the driver itself tells of it."""
    return getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or ""
