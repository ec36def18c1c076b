"""One hash, whoever computes: 1, 2 and 4 workers, people entered in another order, a worker killed with work in hand.

Once in `make faults`, as in CI; five times each, with fresh people, in the long form: `make scale-long`.
"""

from __future__ import annotations

import os

import pytest

from commons_contracts.codes import RunState

from .ground import a_seed, busy

pytestmark = pytest.mark.faults
ROUNDS = int(os.environ.get("SCALE_ROUNDS", "1"))
SIZE = {"mentors": 150, "mentees": 4200}
"""Three blocks of mentees: so much can be done at the same time."""


@pytest.mark.parametrize("turn", range(ROUNDS))
async def test_whoever_computes_the_hash_is_the_same(ground, turn):
    seed = a_seed()
    actor, round = await ground.recruit(**SIZE, seed=seed)
    other, shuffled = await ground.recruit(**SIZE, seed=seed, shuffle=seed)
    hashes = {}

    async def computed(name, *, who=actor, where=round):
        found = await ground.ended(await ground.start(who, where, seed=seed))
        assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found
        assert found["matched"] > 0
        hashes[name] = found["hash"]

    ground.hire(1)
    await ground.ready()
    await computed("one")
    await computed("shuffled", who=other, where=shuffled)
    ground.hire(1)
    await ground.ready()
    await computed("two")
    ground.hire(2)
    await ground.ready()
    await computed("four")

    run = await ground.start(actor, round, seed=seed)
    await busy(ground, 3)
    ground.kill(0)
    found = await ground.ended(run)
    assert (found["state"], found["done"]) == (RunState.PROPOSED, found["shards"]), found
    hashes["killed"] = found["hash"]

    assert len(set(hashes.values())) == 1, hashes
    assert len(hashes["one"]) == 64
