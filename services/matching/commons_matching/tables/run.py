"""Match runs, what they propose, whom they leave, and what coordinators want of pairs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from commons_chassis.classify import NONE, personal
from commons_chassis.tables import Wall, changed, ident, mapped, project, table, version
from commons_chassis.tx import Tx
from commons_contracts.codes import (
    MatchChange,
    Modality,
    PairWish,
    ProposalOrigin,
    Role,
    RunFailure,
    RunState,
    Style,
    Unmet,
)

from ..rules.round import Round
from ..rules.run import Run
from ..rules.wish import Wish
from .columns import code, of_round, person, time
from .schema import cards, matches, metadata, participations, places


def _of_run(*, primary_key: bool = False) -> sa.Column[object]:
    on = sa.ForeignKey("runs.id", ondelete="CASCADE")
    return sa.Column("run", sa.Uuid, on, nullable=False, primary_key=primary_key, info=NONE)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, info=NONE)


runs = table(
    "runs",
    metadata,
    ident(),
    project(),
    of_round(),
    code("style", Style),
    sa.Column("seed", sa.BigInteger, nullable=False, info=NONE),
    sa.Column("dry_run", sa.Boolean, nullable=False, info=NONE),
    sa.Column("settings", pg.JSONB, nullable=False, info=NONE),
    sa.Column("based_on", sa.Uuid, sa.ForeignKey("runs.id"), info=NONE),
    person("started_by", "match run", erase="anonymise"),
    time("started_at"),
    code("state", RunState),
    time("ended_at", nullable=True),
    code("failure", RunFailure, nullable=True),
    sa.Column("identity", sa.Text, info=NONE),
    sa.Column("result_hash", sa.Text, info=NONE),
    *map(_count, ("mentors", "mentees", "places", "shards", "shards_done", "workers", "matched", "total")),
    sa.Column("below", pg.ARRAY(sa.Integer), nullable=False, info=NONE),
    *map(_count, ("moved", "pins_dropped")),
    sa.Column("report", pg.JSONB, nullable=False, info=NONE),
    time("since", server_default=sa.func.now()),
    sa.Column("seconds", sa.Double, info=NONE),
    sa.Column("repeats", sa.Uuid, sa.ForeignKey("runs.id"), info=NONE),
    sa.Column("kept", sa.Boolean, nullable=False, server_default=sa.true(), info=NONE),
    version(),
    changed(),
    sa.Index(
        "uq_runs_under_way",
        "round",
        unique=True,
        postgresql_where=sa.text("state in ('QUEUED', 'RUNNING')"),
    ),
    sa.Index(None, "project", "changed"),
    wall=Wall.PROJECT,
)
"""One at a time in a round: the index says so. `report` holds no group of fewer than five. `since` and `seconds` are
of real time: how long it took until it was proposed. `kept`: whether whom it is about may be kept beyond its end.
"""

run_snapshots = table(
    "run_snapshots",
    metadata,
    _of_run(primary_key=True),
    project(),
    sa.Column("people", sa.LargeBinary, info=personal("match run", retention="180 days", export=False)),
    sa.Column("seen", sa.BigInteger, nullable=False, info=NONE),
    sa.Column("prices", sa.LargeBinary, info=personal("match run", retention="180 days", export=False)),
    wall=Wall.PROJECT,
)
"""Whom a run was about, as codes and bits, so that anyone can run it again; and what a place of each mentor came to cost.
`seen`: the transaction from which on nothing was seen when they were read. People and prices are many in one value, which
no erasure by person finds: `runs/forgetting.py` empties them as soon as somebody of them leaves.
"""

run_jobs = table(
    "run_jobs",
    metadata,
    sa.Column("run", sa.Uuid, primary_key=True, info=NONE),
    project(),
    sa.Column("kind", sa.Text, primary_key=True, info=NONE),
    sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False, info=NONE),
    time("told_at", nullable=True),
    time("done_at", nullable=True),
    sa.Column("failure", sa.Text, info=NONE),
    wall=Wall.PLATFORM,
)
"""Pieces of the work of runs. Workers look across projects; nobody is in them."""

circles = table(
    "circles",
    metadata,
    ident(),
    project(),
    _of_run(),
    person("facilitator", "match run", index=True),
    sa.Column("language", sa.Text, nullable=False, info=NONE),
    sa.Column("block", sa.Integer, nullable=False, info=NONE),
    code("modality", Modality),
    sa.UniqueConstraint("run", "facilitator", "block"),
    wall=Wall.PROJECT,
)
"""What a run proposes where circles are formed; its members are among the proposals."""

proposals = table(
    "proposals",
    metadata,
    ident(),
    project(),
    _of_run(),
    sa.Column("circle", sa.Uuid, sa.ForeignKey("circles.id", ondelete="CASCADE"), index=True, info=NONE),
    person("mentor", "match run", index=True),
    person("mentee", "match run", index=True),
    sa.Column("points", sa.Integer, nullable=False, info=personal("match run")),
    sa.Column("parts", pg.JSONB, nullable=False, info=personal("match run")),
    code("origin", ProposalOrigin),
    sa.Column("moved", sa.Boolean, nullable=False, info=NONE),
    sa.UniqueConstraint("run", "mentee"),
    sa.Index(None, "run", "mentor"),
    sa.Index("ix_proposals_best_first", "run", sa.text("points desc"), "id"),
    wall=Wall.PROJECT,
)

unmatched = table(
    "unmatched",
    metadata,
    ident(),
    project(),
    _of_run(),
    person("mentee", "match run", index=True),
    code("why", Unmet, personal("match run")),
    code("change", MatchChange, personal("match run"), nullable=True),
    sa.Column("mentors", sa.Integer, nullable=False, info=personal("match run")),
    sa.Column("language", sa.Text, info=personal("match run")),
    sa.UniqueConstraint("run", "mentee"),
    wall=Wall.PROJECT,
)

pair_wishes = table(
    "pair_wishes",
    metadata,
    ident(),
    project(),
    of_round(),
    code("style", Style),
    person("mentor", "match run", index=True),
    person("mentee", "match run", index=True),
    code("wish", PairWish, personal("match run")),
    sa.Column("reason", sa.Text, nullable=False, info=personal("a coordinator's words about a pair")),
    person("by", "match run", erase="anonymise"),
    time("at"),
    time("lifted_at", nullable=True),
    version(),
    sa.Index(
        "uq_pair_wishes_pair",
        *("round", "style", "mentor", "mentee"),
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    ),
    sa.Index(
        "uq_pair_wishes_pin",
        *("round", "style", "mentee"),
        unique=True,
        postgresql_where=sa.text("wish = 'PIN' and lifted_at is null"),
    ),
    wall=Wall.PROJECT,
)

mapped(metadata, Run, runs)
mapped(metadata, Wish, pair_wishes)


async def anybody_to_match(tx: Tx, round: Round) -> bool:
    """Whether there is a mentor who is there with a place free, and a mentee without a mentor."""
    p, c, t, m = places.c, cards.c, participations.c, matches.c
    seat = sa.exists().where(t.round == round.id, t.person == p.mentor, t.role == Role.MENTOR, t.brought.is_not(None))
    there = sa.exists().where(c.project == round.project, c.person == p.mentor, c.introduced | seat, ~c.paused)
    free = sa.exists().where(p.round == round.id, p.style == round.season_style, p.used + p.held < p.most, there)
    hers = sa.exists().where(m.round == t.round, m.mentee == t.person, m.style != Style.FLASH, m.over_at.is_(None))
    left = sa.exists().where(t.round == round.id, t.role == Role.MENTEE, ~hers)
    return bool(await tx.value(sa.select(free & left)))
