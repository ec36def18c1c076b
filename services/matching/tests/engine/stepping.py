"""A run computed step by step, without a queue: what any number of workers must give."""

from __future__ import annotations

import sys
from random import Random

import numpy as np

from commons_matching.rules.engine.compile import compile_pool
from commons_matching.runs import steps
from commons_matching.runs.solving import Asked, Kind, Named

from .pools import RULES, people


def asked_of(mentors, mentees, seed, **more):
    pool = compile_pool(people(mentors, mentees, seed), RULES, seed)
    return Asked(pool=pool, method="ALGORITHM", pinned=np.full(mentees, -1, np.int32), **more)


def stepped(asked, *, order=None, again=0):
    """(what is told in the end, every piece); jobs of a stage in an order drawn from `order`, each done `again` times more."""
    run, draw = "run", Random(order)
    pieces = {Named(run, Kind.SNAPSHOT, 0, 0).content: asked.packed()}
    stage, told = steps.first(asked), {}

    def fetch(names):
        return [pieces[name] for name in names]

    while stage is not None:
        jobs, found = list(range(stage.jobs)), {}
        draw.shuffle(jobs)
        for n in jobs * (1 + again):
            desk = steps.Desk(run, Asked.unpacked(asked.packed()), fetch, told_of)
            done = steps.do(Named(run, stage.kind, stage.turn, n), desk)
            for name, content in done.pieces.items():
                assert found.setdefault(name, content) == content, f"{name} is not the same the second time"
            told = done.told
        pieces.update(found)
        stage = done.then
    return dict(told), pieces


def told_of(_asked, round, _formed):
    return b"%d" % round.size


if __name__ == "__main__":  # in a process that compiles nothing
    for seed in map(int, sys.argv[1:]):
        print(stepped(asked_of(20, 60, seed))[0]["hash"])
