"""Playing match runs without workers: a coordinator who starts them, and one hand that computes them at once."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from typing import Any

from commons_chassis.ids import new_id
from commons_chassis.testing import play, run
from commons_contracts.codes import Role
from commons_contracts.ids import PersonId, RunId
from commons_contracts.matching import RunView, StartMatchRun
from commons_matching.app import service
from commons_matching.runs import settling, snapshot
from commons_matching.runs.hand import read, write
from commons_matching.runs.solving import Kind, Named


async def start(game: Any, **more: Any) -> RunView:
    """By the coordinator of the recruitment, who acts from now on."""
    await coordinate(game)
    return await run(service, StartMatchRun(round=game.round, **more), game.tx)


async def coordinate(game: Any) -> PersonId:
    game.coordinator = getattr(game, "coordinator", None) or PersonId(new_id())
    return await play(game.tx, person=game.coordinator, roles=(Role.COORDINATOR,))


async def compute(game: Any, id: RunId, read: object = None) -> None:
    """What workers do: read (or have read before), compute job by job, settle."""
    hand, pieces = _hand(), dict[str, bytes]()
    first = Named(str(id), Kind.SNAPSHOT, 0, 0)
    answer = hand.do(first, pieces, read or await snapshot.read(game.tx, id))
    (content,) = answer["pieces"].values()
    if await settling.begun(game.tx, id, content, answer["told"]["sizes"]):
        while (stage := answer["then"]) is not None:
            done = [hand.do(Named(str(id), stage.kind, stage.turn, n), pieces) for n in range(stage.jobs)]
            answer = done[-1]
        (outcome,) = answer["pieces"].values()
        await settling.settle(game.tx, id, outcome, answer["told"]["hash"])
    await game.tx.write_facts()


async def proposed(game: Any, **more: Any) -> RunView:
    started = await start(game, **more)
    await compute(game, started.id)
    return started


class Worker:
    """The process that computes, asked as a service asks it."""

    def __init__(self) -> None:
        command = (sys.executable, "-m", "commons_matching.runs.hand")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def do(self, job: Named, pieces: dict[str, bytes], given: object = None) -> dict[str, Any]:
        """Its answer; what it made is among the pieces then."""
        self._say((job.words, given))
        while "wants" in (answer := read(self._process.stdout)):
            self._say([pieces[name] for name in answer["wants"]])
        assert "failed" not in answer, answer
        pieces.update(answer["pieces"])
        return answer

    def _say(self, said: object) -> None:
        write(self._process.stdin, said)
        self._process.stdin.flush()


@cache
def _hand() -> Worker:
    """One for all tests of a process, with which it ends."""
    return Worker()
