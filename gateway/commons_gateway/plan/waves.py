"""Running a plan: what is there is put in its place, what is missing is asked for in waves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, located_error
from graphql.execution.values import VariableValues
from strawberry.types.execution import ExecutionResult

from commons_chassis import telemetry

from ..context import Context
from .leaves import Further, Target
from .run import Asked, Job, Run, Wants
from .steps import Selection


@dataclass(slots=True)
class Plan:
    """An operation, ready to be run with any variables that choose the same fields."""

    root: Selection


async def execute(plan: Plan, context: Context, variables: VariableValues) -> ExecutionResult | None:
    """The answer; None where a null reaches further than the field it is in, which is not this one's to tell."""
    run, found = Run(context, variables), Target()
    try:
        plan.root.run(run, [None], [found])
        while run.jobs:
            wave, run.jobs = run.jobs, []
            await _wave(run, wave)
    except Further:
        return None
    return ExecutionResult(data=found, errors=_located(found, run.failures) or None)


async def _wave(run: Run, jobs: list[Job]) -> None:
    """All that is missing is asked for at once: one call for the things of a kind, however many fields want them."""
    wants: Wants = {}
    begun = [job.begin(wants) for job in jobs]
    calls = [loader.fetch(list(keys)) for loader, keys in wants.items()]
    others = [one for some in begun for one in some]
    with telemetry.span("wave", count=len(calls) + len(others)):
        answers = await asyncio.gather(*calls, *others, return_exceptions=True)
    at = len(calls)
    for job, some in zip(jobs, begun, strict=True):
        job.end(run, answers[at : at + len(some)])
        at += len(some)


def _located(data: Target, failures: list[tuple[Asked, Target, Exception]]) -> list[GraphQLError]:
    """Each failure with its path, which is looked up in the answer: where nothing fails, nobody keeps paths."""
    paths: dict[int, list[str | int]] = {}
    waiting: list[tuple[Any, list[str | int]]] = [(data, [])] if failures else []
    while waiting:
        found, path = waiting.pop()
        if isinstance(found, dict):
            paths[id(found)] = path
        parts = found.items() if isinstance(found, dict) else enumerate(found)
        waiting.extend((value, [*path, step]) for step, value in parts if isinstance(value, dict | list))
    return [located_error(broken, asked.nodes, [*paths[id(target)], asked.key]) for asked, target, broken in failures]
