"""A pool travels as bytes and comes back the same; a process that only answers loads no kernels."""

from __future__ import annotations

import subprocess
import sys
from random import Random, SystemRandom

import numpy as np
import pytest

from commons_matching.rules.engine import cardinality, exact, parcel
from commons_matching.rules.engine.compile import compile_pool
from commons_matching.rules.engine.parcel import packed, unpacked
from commons_matching.rules.engine.warm import tangled, warm

from .test_candidates import pool_of, some_people, some_rules

SEED = SystemRandom().randrange(1 << 31)


@pytest.mark.parametrize("n", range(8))
def test_a_pool_comes_back_as_it_went(n):
    draw = Random(f"{SEED} {n}")
    people, pool = pool_of(draw)
    back, rows = unpacked(packed(pool)), np.arange(pool.mentees, dtype=np.int32)

    assert (back.hash, back.rules, back.codes) == (pool.hash, pool.rules, pool.codes)
    assert back.best(rows, 5).hash == pool.best(rows, 5).hash
    assert packed(back) == packed(pool) == packed(compile_pool(people, pool.rules, pool.seed))


def test_a_parcel_of_another_form_is_refused(monkeypatch):
    draw = Random(SEED)
    old = packed(compile_pool(some_people(draw, 3, 3), some_rules(draw)))
    monkeypatch.setattr(parcel, "FORM", 2)

    with pytest.raises(ValueError, match="form 1"):
        unpacked(old)


def test_answering_loads_no_kernels():
    code = "import sys, commons_matching.app; sys.exit('numba' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_warming_searches_in_every_way(monkeypatch):
    done = set()

    def seen(module, name):
        kernel = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given: done.add(name) or kernel(*given))

    seen(cardinality, "_lengthen")
    seen(exact, "_fill_places")
    tangled()
    assert done == {"_lengthen", "_fill_places"}


def test_warming_is_soon_done_twice():
    warm()
    warm()
