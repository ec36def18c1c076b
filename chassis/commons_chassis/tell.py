"""Facts go to the stream: many at once as one atomic batch, which the broker writes to disk once (NATS ADR-50)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from .deploy import STREAM
from .ids import new_id
from .runtime import Runtime

MOST = 500
PATIENCE_SECONDS = 5.0
BATCH_ID, BATCH_SEQUENCE, BATCH_COMMIT = "Nats-Batch-Id", "Nats-Batch-Sequence", "Nats-Batch-Commit"


class Telling(NamedTuple):
    """One message for the stream; its headers carry the id by which a repeat is known."""

    subject: str
    payload: bytes
    headers: dict[str, str]


async def tell(runtime: Runtime, tellings: Sequence[Telling]) -> None:
    """Publish up to MOST in order, and return when the stream has all of them.

    Raises when that is not known; telling them again is then right, repeats are dropped by their ids. A batch is refused
    as a whole when the stream knows one of it: then each is told by itself.
    """
    if len(tellings) > 1 and await _at_once(runtime, tellings):
        return
    for each in tellings:
        publish = runtime.js.publish(*each[:2], stream=STREAM, headers=each.headers, timeout=PATIENCE_SECONDS)
        await runtime.asked(publish)


async def _at_once(runtime: Runtime, tellings: Sequence[Telling]) -> bool:
    """All or nothing; False where the broker refused."""
    batch, last = str(new_id()), len(tellings)
    for number, (subject, payload, headers) in enumerate(tellings[:-1], start=1):
        await runtime.client.publish(
            subject, payload, headers={**headers, BATCH_ID: batch, BATCH_SEQUENCE: str(number)}
        )
    subject, payload, headers = tellings[-1]
    commit = {**headers, BATCH_ID: batch, BATCH_SEQUENCE: str(last), BATCH_COMMIT: "1"}
    asked = runtime.client.request(subject, payload, headers=commit, timeout=PATIENCE_SECONDS)
    return "error" not in json.loads((await runtime.asked(asked)).data)
