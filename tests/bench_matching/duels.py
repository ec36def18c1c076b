"""What is measured: each part gives rows of figures; solvers take turns, so whatever else the machine does disturbs all alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from commons_matching.rules.engine.graph import WHOLE, Graph, graph_of
from commons_matching.rules.engine.stable import of_lists, solve_stable
from commons_matching.rules.engine.total import solve_total
from commons_matching.rules.engine.verify import verify

from .grounds import ROOT, Ground, keep, lists_of, pool_of, timed_proof
from .peers import AwayError, ask

CHECKED = 200_000_000
"""Pairs up to which the independent check is part of the measurement."""


def side(solver: str, path: Path) -> dict:
    """One run of one solver in a process of its own."""
    command = [sys.executable, "-m", "bench_matching.side", solver, str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return json.loads(done.stdout)


def duel(name: str, graph: Graph, places, rounds: int, scratch: Path, *, other: str = "ortools") -> dict:
    """Ours and another's turns on one graph: medians of seconds, of memory, and of the ratio of each turn."""
    path = scratch / "graph.npz"
    keep(graph, places, path)
    turns = [(side("ours", path), side(other, path)) for _ in range(rounds)]
    result = {"pool": name, "against": other, "pairs": graph.pairs, "rounds": rounds}
    for who, runs in (("ours", [a for a, _ in turns]), (other, [b for _, b in turns])):
        result[who] = {key: statistics.median(run[key] for run in runs) for key in ("wall", "cpu", "megabytes")}
        result[who] |= {"size": runs[0]["size"], "total": runs[0]["total"]}
    result["faster"] = statistics.median(b["cpu"] / a["cpu"] for a, b in turns)
    result["range"] = [min(b["cpu"] / a["cpu"] for a, b in turns), max(b["cpu"] / a["cpu"] for a, b in turns)]
    result["smaller"] = statistics.median(b["megabytes"] / max(a["megabytes"], 0.1) for a, b in turns)
    same = all((a["size"], a["total"]) == (b["size"], b["total"]) for a, b in turns)
    return result | {"same": same}


def flows(grounds: list[Ground], seed: int, rounds: int, scratch: Path) -> list[dict]:
    """Against OR-Tools' min-cost flow, on each ground with a seed of its own."""
    found = []
    for n, ground in enumerate(grounds):
        pool = pool_of(ground, seed + n)
        found.append(duel(ground.name, lists_of(pool), pool.places, rounds, scratch) | {"seed": seed + n})
        print(f"  {ground.name}: {found[-1]['faster']:.1f}x OR-Tools, memory {found[-1]['smaller']:.1f}x", flush=True)
    return found


def dense(n: int, seed: int, rounds: int, scratch: Path) -> dict:
    """Against SciPy where it is strongest: everyone may have everyone, as many places as people."""
    points = np.random.default_rng(seed).integers(0, WHOLE + 1, (n, n)).astype(np.int32)
    graph = Graph(
        indptr=np.arange(0, n * n + 1, n, dtype=np.int64),
        cols=np.tile(np.arange(n, dtype=np.int32), n),
        points=points.ravel(),
        mentors=n,
    )
    return duel(f"{n} x {n}, dense", graph, np.ones(n, np.int32), rounds, scratch, other="scipy") | {"seed": seed}


def proofs(ground: Ground, seed: int, rounds: int) -> dict:
    """From snapshot to proven round by one worker and by two, in turn, with the independent check at the end."""
    pool = pool_of(ground, seed)
    turns = [(timed_proof(pool, 1), timed_proof(pool, 2)) for _ in range(rounds)]
    found, proof, _ = turns[0][0]
    begun = time.perf_counter()
    faults = verify(pool, found) if pool.mentors * pool.mentees <= CHECKED else None
    checked = time.perf_counter() - begun
    parts = {
        w: {k: statistics.median(t[n][2][k] for t in turns) for k in turns[0][n][2]}
        for n, w in ((0, "one"), (1, "two"))
    }
    same = all((t[n][0].mate == found.mate).all() for t in turns for n in (0, 1))
    ratio = statistics.median(a[2]["all"] / b[2]["all"] for a, b in turns)
    return {
        "pool": ground.name, "seed": seed, "rounds": rounds, **parts, "two_workers": ratio, "same": bool(same),
        "size": proof.size, "total": proof.total, "proven": proof.proven, "faults": None if faults is None else len(faults), "verify": checked,
    }  # fmt: skip


def lengths(ground: Ground, seed: int) -> dict:
    """What lists of so many mentors lose of the people and the points that all pairs allow."""
    pool = pool_of(ground, seed)
    best, _, _ = timed_proof(pool, 2)
    rows = []
    for k in (2, 4, 8, 12, 16, 24, 32, 48, 64):
        found = solve_total(lists_of(pool, k), pool.places)
        rows.append({"length": k, "size": found.size, "total": found.total})
    return {"pool": ground.name, "seed": seed, "size": best.size, "total": best.total, "lists": rows}


def lists_both_ways(mentees: int, mentors: int, seed: int, length: int = 10) -> dict:
    """Ranked lists, strict, mutual: whoever is on a mentee's list ranks her."""
    random = np.random.default_rng(seed)
    popular = 1 / np.arange(1, mentors + 1) ** 0.3
    chances = popular / popular.sum()
    hers = [random.choice(mentors, min(length, mentors), replace=False, p=chances).tolist() for _ in range(mentees)]
    his = [[] for _ in range(mentors)]
    for i, ranked in enumerate(hers):
        for j in ranked:
            his[j].append(i)
    for ranked in his:
        random.shuffle(ranked)
    places = random.integers(1, 6, mentors).tolist()
    return {"mentees": hers, "mentors": his, "places": places}


def two_sided(sizes: list[tuple[int, int]], seed: int, patience: float) -> list[dict]:
    """Against the package `matching`, from ranked lists to pairs, with its recursion limit as it is and lifted."""
    rows = []
    for mentees, mentors in sizes:
        case = lists_both_ways(mentees, mentors, seed)
        solve_stable(*_ranked(case)[:1], np.array(case["places"], np.int32), _ranked(case)[1])
        begun = time.perf_counter()
        graph, score = _ranked(case)
        found = solve_stable(graph, np.array(case["places"], np.int32), score)
        row = {
            "mentees": mentees,
            "mentors": mentors,
            "seed": seed,
            "ours": time.perf_counter() - begun,
            "size": found.size,
        }
        for name, arguments in (("plain", ()), ("lifted", ("lifted",))):
            try:
                theirs = ask("matching", *arguments, given=[case], patience=patience)
                row[name] = theirs[0]["seconds"] if isinstance(theirs, list) else theirs["error"]
                row["same"] = isinstance(theirs, list) and theirs[0]["mate"] == found.mate.tolist()
            except AwayError as away:
                return [{"skipped": str(away)}]
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                row[name] = type(error).__name__
        rows.append(row)
        print(f"  {mentees} x {mentors}: {row}", flush=True)
    return rows


def _ranked(case: dict):
    return of_lists(case["mentees"], case["mentors"])


def mentor_match(times: list[int], folder: Path | None, patience: float) -> list[dict]:
    """Against the package `mentor-match`, from its own table of scores to pairs; people, not only points, are counted."""
    if folder is None:
        return [{"skipped": "its sample is not here (INSTANCES names the folder)"}]
    rows = []
    for turn in times:
        try:
            theirs = ask("mentor-match", str(folder), str(turn), patience=patience)
        except AwayError as away:
            return [{"skipped": str(away)}]
        table = theirs["table"]
        ours, found = [], None
        for _ in range(5):
            begun = time.perf_counter()
            graph = graph_of([[(j, p) for j, p in enumerate(row) if p >= 0] for row in table], len(table[0]))
            found = solve_total(graph, np.ones(len(table[0]), np.int32))
            ours.append(time.perf_counter() - begun)
        rows.append({
            "people": len(table), "ours": statistics.median(ours), "theirs": theirs["seconds"],
            "size": found.size, "total": found.total, "their_size": len(theirs["pairs"]),
            "their_total": sum(table[i][j] for i, j in theirs["pairs"]),
        })  # fmt: skip
        print(f"  {rows[-1]}", flush=True)
    return rows
