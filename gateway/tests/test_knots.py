"""An answer that was told is gone with all it has loaded: a knot in it would wait for the collector, and cost a third more."""

from __future__ import annotations

import gc

from commons_gateway.relay import global_id
from commons_gateway.testing import THING

PAGE = """query($id: ID!) { node(id: $id) { ... on Round { open zone mentors(first: 20) { totalCount edges { cursor node {
  person { id displayName } distanceKm fit { parts { criterion } } introduction { text } } } } } } }"""


async def test_an_answer_leaves_nothing_for_the_collector(gateway):
    async def answered():
        await gateway.ask(PAGE, {"id": global_id("Round", THING)})
        gateway.asker.asked.clear()

    for _ in range(3):  # what is kept from one answer to the next is made with the first
        await answered()
    gc.collect()
    gc.disable()
    try:
        await answered()
        left = gc.collect()
    finally:
        gc.enable()
    assert left == 0
