"""What must be true of the five databases together, asked in plain SQL and of no service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from importlib import import_module
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from commons_chassis.relay import audit_hash
from commons_onebox.home import SERVICES

LAST = "select aggregate, max(seq) from event_log group by aggregate"
GAPS = "select count(*) from (select from event_log group by aggregate having max(seq) <> count(*)) as odd"
MISCOUNTED = """
    select count(*) from sequences full join
    (select aggregate, max(seq) as last from event_log group by aggregate) as logged using (aggregate)
    where sequences.seq is distinct from logged.last
"""
UNLOGGED = "select count(*) from outbox where id not in (select id from event_log)"
FOLLOWING = "select subject, cause from event_log where cause is not null"
SEALED = "select id, project, at, operation, number, hash from audit where number is not null order by number"
Connections = Mapping[str, psycopg.Connection]


def open_all(stack: ExitStack, admin_dsn: str) -> Connections:
    """One connection to each service's database, as the administrator: past every wall."""
    return {
        name: stack.enter_context(psycopg.connect(admin_dsn, dbname=f"commons_{name}", autocommit=True))
        for name in SERVICES
    }


def untrue(databases: Connections) -> Iterator[str]:
    """What does not hold in each database by itself, in words."""
    for name, c in databases.items():
        counts = {
            "things whose facts are not numbered without a gap": GAPS,
            "things whose next number does not follow the last": MISCOUNTED,
            "facts to be told that are in no log": UNLOGGED,
        }
        found = {what: _one(c, question) for what, question in counts.items()}
        yield from (f"{name}: {count} {what}" for what, count in found.items() if count)
        if (entry := _first_broken_seal(c)) is not None:
            yield f"{name}: the audit log is not what was written, from entry {entry} on"


def unheard_of(databases: Connections) -> Iterator[str]:
    """Who has heard facts that their owner does not know: the databases are not of one moment, the listener's is later."""
    for name, c in databases.items():
        for owner in import_module(f"commons_{name}.app").service.hears:
            heard = _numbers(c, f"select aggregate, seq from heard where owner = '{owner}' and seq > 0")  # noqa: S608  ours
            told = _numbers(databases[owner], LAST)
            beyond = sum(max(0, seq - told.get(aggregate, 0)) for aggregate, seq in heard.items())
            if beyond:
                yield f"{name} has heard {beyond} facts of {owner} that {owner} does not know"


def without_origin(databases: Connections) -> Iterator[str]:
    """Facts that followed from facts which nobody knows any more: what they brought about is still there."""
    known = {id for c in databases.values() for (id,) in c.execute("select id from event_log")}
    for name, c in databases.items():
        lost = Counter(subject for subject, cause in c.execute(FOLLOWING) if cause not in known)
        yield from (f"{name}: {count} of {subject}" for subject, count in sorted(lost.items()))


def _numbers(c: psycopg.Connection, question: str) -> dict[UUID, int]:
    return dict(c.execute(question).fetchall())


def _one(c: psycopg.Connection, question: str) -> int:
    row = c.execute(question).fetchone()
    return int(row[0]) if row else 0


def _first_broken_seal(c: psycopg.Connection) -> int | None:
    """The number of the first sealed entry that does not follow from the one before it."""
    last, before = 0, b""
    with c.cursor(row_factory=dict_row) as entries:
        for entry in entries.execute(SEALED):
            before = audit_hash(before, entry)
            last += 1
            if (entry["number"], bytes(entry["hash"])) != (last, before):
                return last
    return None
