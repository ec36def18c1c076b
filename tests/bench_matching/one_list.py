"""One mentee's list of twenty: from bitmaps, from numpy, and from PostgreSQL over the same rows of bits, in turns.

`python -m bench_matching.one_list --mentors 20000 100000`. All three give the same points in the same order, or it stops.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import numpy as np

from commons_matching.rules.engine.columns import allowed_to, points_for
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.criteria import Form, scales
from commons_matching.rules.engine.explain import least_tongue
from commons_matching.rules.engine.ground import chord
from commons_matching.rules.engine.layout import Flag, Kind
from commons_onebox.testing import start_postgres

from .grounds import ROOT

sys.path.insert(0, str(ROOT / "services" / "matching" / "tests"))
from engine import pools

LISTED = 20


class Statement:
    """The list of one mentee in SQL: bits as bigints, hard rules as conditions, criteria as sums."""

    def __init__(self, pool, i: int) -> None:
        self.pool, self.i, self.row = pool, i, pool.mentee.bits(i)

    def words(self, kind: Kind) -> list[str]:
        """Her bits of a kind in each word that has any, joined with the mentor's."""
        run = self.pool.codes.run(kind)
        hers = self.row & ((1 << run.stop) - (1 << run.start))
        parts = [(n, hers >> (64 * n) & (1 << 64) - 1) for n in range(self.pool.codes.words)]
        return [f"(w{n} & {part - (1 << 64) if part >> 63 else part})" for n, part in parts if part]

    def some(self, kind: Kind) -> str:
        return f"({' or '.join(f'{word} <> 0' for word in self.words(kind)) or 'false'})"

    def many(self, kind: Kind) -> str:
        return f"({' + '.join(f'bit_count({word}::bit(64))' for word in self.words(kind)) or '0'})"

    def flag(self, flag: Flag) -> str:
        bit = self.pool.codes.starts[Kind.FLAG] + flag
        return f"(w{bit // 64} >> {bit % 64} & 1 = 1)"

    def has(self, flag: Flag) -> bool:
        return bool(self.row >> (self.pool.codes.starts[Kind.FLAG] + flag) & 1)

    @property
    def square(self) -> str:
        at = self.pool.mentee.ground[self.i].tolist()
        return "(" + " + ".join(f"({axis} - {of})::bigint ^ 2" for axis, of in zip("xyz", at, strict=True)) + ")"

    @property
    def same(self) -> str:
        return f"(place = {self.pool.mentee.place[self.i]} and place >= 0)"

    def where(self) -> str:
        pool, i, rules = self.pool, self.i, self.pool.rules
        reach = int(pool.mentee.reach[i])
        meets = f"({self.flag(Flag.MEETS)} and ({self.same} or {self.square} <= least(reach, {reach}) ^ 2))"
        ways = [self.flag(Flag.ONLINE)] * self.has(Flag.ONLINE) + [meets] * self.has(Flag.MEETS)
        apart = [str(j) for (mentee, j) in pool.apart if mentee == i] or ["-1"]
        rest = [
            self.flag(Flag.TAKES_PART),
            "true" if self.has(Flag.TAKES_PART) else "false",
            self.some(Kind.PROJECT),
            self.some(least_tongue(pool)),
            f"({' or '.join(ways) or 'false'})",
            f"{self.many(Kind.BLOCK)} >= {rules.hours_least}",
            f"id not in ({', '.join(apart)})",
        ]
        if self.has(Flag.MINOR):
            rest.append(self.flag(Flag.VETTED))
        if self.has(Flag.WANTS_WOMAN):
            bit = pool.codes.starts[Kind.GENDER] + 1
            rest.append(f"(w{bit // 64} >> {bit % 64} & 1 = 1)")
        if rules.other_organisation and pool.mentee.organisation[i]:
            rest.append(f"organisation <> {int(pool.mentee.organisation[i].astype(np.int64))}")
        return " and ".join(rest)

    def score(self) -> str:
        rules, known = self.pool.rules, scales(self.pool.rules)
        agreed = f"(case when {self.some(Kind.OPTED)} then 1 else 0 end)"
        terms = []
        for criterion, _ in rules.weights:
            levels = self.levels(known[criterion])
            most = [rules.most(both).get(criterion, 0) for both in (0, 1)]
            of = f"(case when {agreed} = 1 then {most[1]} else {most[0]} end)" if most[0] != most[1] else str(most[0])
            terms.append(f"{of} * {levels}")
        return " + ".join(terms)

    def levels(self, scale) -> str:
        if scale.form is Form.COUNTED:
            run = self.pool.codes.run(scale.kinds[0])
            named = (self.row >> run.start & (1 << len(run)) - 1).bit_count()
            return f"least({self.many(scale.kinds[0])}, {scale.cap})::int / {scale.whole or max(named, 1)}"
        if scale.form is Form.TIERED:
            tiers = [(self.some(kind), share) for kind, share in zip(scale.kinds, scale.shares, strict=True)][::-1]
        elif scale.form is Form.STAGED:
            run = self.pool.codes.run(Kind.STAGE)
            hers = (self.row >> run.start & (1 << len(run)) - 1).bit_count()
            bits = [run.start + n for n in range(hers - 1, min(hers + 1, len(run)))] if hers else []
            marks = [f"(w{bit // 64} >> {bit % 64} & 1 = 1)" for bit in bits]
            tiers = list(zip(marks, scale.shares, strict=False))[::-1]
        else:
            known = f"(reach > 0 and {int(self.pool.mentee.reach[self.i])} > 0)"
            near = f"({known} and {self.square} <= {chord(self.pool.rules.near_km) ** 2})"
            tiers = [(self.same, 4), (near, 3), (self.some(Kind.COUNTRY), 2)]
        cases = " ".join(f"when {held} then {share}" for held, share in tiers)
        return f"(case {cases} else 0 end) / {scale.whole}" if cases else "0"

    def __str__(self) -> str:
        return (
            f"select id, {self.score()} as points from mentors where {self.where()} order by points desc limit {LISTED}"
        )


async def _fill(connection, pool) -> None:
    words = ", ".join(f"w{n} bigint" for n in range(pool.codes.words))
    await connection.execute(
        f"create table mentors (id int primary key, {words}, place int, organisation bigint, x int, y int, z int, reach int)"
    )
    side = pool.mentor
    columns = [
        *side.rows.astype(np.int64).T,
        side.place,
        side.organisation.astype(np.int64),
        *side.ground.T,
        side.reach,
    ]
    records = zip(range(len(side)), *(column.tolist() for column in columns), strict=True)
    await connection.copy_records_to_table("mentors", records=list(records))
    await connection.execute("vacuum analyze mentors")


def by_numpy(pool, i: int) -> list[int]:
    points = np.where(allowed_to(pool, i), points_for(pool, i), -1)
    best = np.argpartition(points, -LISTED)[-LISTED:]
    return sorted((int(p) for p in points[best] if p >= 0), reverse=True)


def by_engine(pool, i: int) -> list[int]:
    return pool.best(np.array([i], np.int32), LISTED).points.tolist()


async def one_list(mentors: int, seed: int, rounds: int, dsn: str) -> dict:
    """Medians of microseconds a list, of `rounds` turns over different mentees."""
    pool = compile_pool(pools.people(mentors, max(rounds, 10), seed), pools.RULES, seed)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("drop table if exists mentors")
        await connection.execute("set max_parallel_workers_per_gather = 0; set jit = off")
        await _fill(connection, pool)
        statements = [await connection.prepare(str(Statement(pool, i))) for i in range(pool.mentees)]
        by_engine(pool, 0)
        turns = [await _turn(pool, i, statements[i]) for i in range(pool.mentees)]
    finally:
        await connection.close()
    took = {who: statistics.median(turn[who] for turn in turns) * 1e6 for who in turns[0]}
    ratio = {who: statistics.median(turn[who] / turn["ours"] for turn in turns) for who in ("numpy", "sql")}
    return {"mentors": mentors, "seed": seed, "rounds": len(turns), "took": took, "ratio": ratio}


async def _turn(pool, i: int, statement) -> dict[str, float]:
    started = time.perf_counter()
    ours = by_engine(pool, i)
    counted = time.perf_counter()
    plain = by_numpy(pool, i)
    asked = time.perf_counter()
    rows = [row["points"] for row in await statement.fetch()]
    ended = time.perf_counter()
    if not ours == plain == rows:
        raise AssertionError(f"the lists of mentee {i} differ: {ours} {plain} {rows}")
    return {"ours": counted - started, "numpy": asked - counted, "sql": ended - asked}


def main() -> None:
    parser = argparse.ArgumentParser(prog="one-list", description=__doc__)
    parser.add_argument("--mentors", type=int, nargs="+", default=[20_000, 100_000])
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--rounds", type=int, default=40)
    wanted = parser.parse_args()
    seed = secrets.randbits(31) if wanted.seed is None else wanted.seed
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        postgres = start_postgres(Path(folder))
        try:
            for n in wanted.mentors:
                row = asyncio.run(one_list(n, seed, wanted.rounds, postgres.admin_dsn))
                took, ratio = row["took"], row["ratio"]
                print(
                    f"{n} mentors, seed {seed}: {took['ours']:.0f} us a list; numpy {took['numpy']:.0f} us, "
                    f"{ratio['numpy']:.1f}x; SQL {took['sql']:.0f} us, {ratio['sql']:.0f}x",
                    flush=True,
                )
        finally:
            postgres.stop()


if __name__ == "__main__":
    main()
