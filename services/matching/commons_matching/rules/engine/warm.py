"""Every kernel of a run, compiled before anyone waits for it: when an image is built, or by hand (`python -m ...engine.warm`)."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from commons_contracts.codes import Cefr

from .compile import compile_pool
from .people import People, Profile
from .pricing import certify
from .total import solve_total
from .verify import verify
from .weights import Rules


def warm() -> None:
    """A round of two: half a minute of one processor the first time on a machine, a second after."""
    both = (Profile(person=UUID(int=1), projects=(UUID(int=2),), languages=(("en", Cefr.C2),)),)
    other = (Profile(person=UUID(int=3), projects=(UUID(int=2),), languages=(("en", Cefr.C2),)),)
    pool = compile_pool(People(mentors=both, mentees=other), Rules(weights=()))
    graph = pool.best(np.zeros(1, np.int32), 1)
    _, round, _ = certify(pool, graph, solve_total(graph, pool.places))
    verify(pool, round)


if __name__ == "__main__":
    warm()
