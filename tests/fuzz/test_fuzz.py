"""Whatever is asked of the whole platform: no answer is a 5xx, none is INTERNAL, and none tells of what is within.

`FUZZ_CASES=20000 FUZZ_SEED=… pytest tests/fuzz`: the seed is drawn unless it is given, and printed.
"""

from __future__ import annotations

import os
import random

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from . import cases
from .ground import people
from .judge import Judge

CASES = int(os.environ.get("FUZZ_CASES", "300"))
SEED = int(os.environ.get("FUZZ_SEED") or random.SystemRandom().randrange(2**32))


def play(there, judge, strategy, count):
    """So many cases, each as somebody. Nothing stops at the first that is wrong: all are told of at the end."""

    @seed(SEED)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(strategy, st.sampled_from(there.names))
    def one(case, who):
        try:
            judge.look(case, who, there.ask(case, who))
        except httpx.TransportError as wrong:
            judge.silent(case, who, wrong)

    one()


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    with people(tmp_path_factory.mktemp("fuzz")) as there:
        yield there


def test_anything_may_be_asked(there):
    judge, before = Judge(), there.standing()
    for name, share in cases.SHARES.items():
        play(there, judge, getattr(cases, name)(), max(1, round(CASES * share)))
    print(f"\nFUZZ_SEED={SEED}\n{judge.figures()}")
    assert judge.verdict() == "", f"FUZZ_SEED={SEED}"
    assert there.broken() == [], f"FUZZ_SEED={SEED}"
    assert there.standing() == before, "something ended and was started again"
    assert judge.executed > judge.asked / 5, "too little was executed for this to say much"
