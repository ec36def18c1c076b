"""Every kernel of a run, compiled before anyone waits for it: when an image is built, or by hand (`python -m ...engine.warm`)."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from commons_contracts.codes import Cefr

from .compile import compile_pool
from .graph import graph_of
from .people import People, Profile
from .pricing import certify
from .total import solve_total
from .verify import verify
from .weights import Rules


def warm() -> None:
    """A round of two, and one that needs every search: half a minute of one processor the first time on a machine, a second after."""
    both = (Profile(person=UUID(int=1), projects=(UUID(int=2),), languages=(("en", Cefr.C2),)),)
    other = (Profile(person=UUID(int=3), projects=(UUID(int=2),), languages=(("en", Cefr.C2),)),)
    pool = compile_pool(People(mentors=both, mentees=other), Rules(weights=()))
    graph = pool.best(np.zeros(1, np.int32), 1)
    _, round, _ = certify(pool, graph, solve_total(graph, pool.places))
    verify(pool, round)
    tangled()


def tangled() -> None:
    """Forty people for whom no short cut of the solver suffices: paths are lengthened, and places without takers are filled."""
    rows = [{(i * i + 5 * k * (i % 4 + 1)) % 23: (i * 3701 + k * 2903) % 9973 for k in range(i % 5)} for i in range(40)]
    graph = graph_of([list(row.items()) for row in rows], 23)
    for most in range(1, 4):
        solve_total(graph, np.arange(23, dtype=np.int32) % (most + 1))
        solve_total(graph, np.ones(23, np.int32), prices=np.arange(23, dtype=np.int64) * most)


if __name__ == "__main__":
    warm()
