"""How the gateway is watched: pages for who watches, and each operation counted, logged and traced when it is answered."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any, TypeVar

from graphql import GraphQLError
from strawberry.types.execution import ExecutionResult

from commons_chassis import plain, telemetry
from commons_chassis.log import logger
from commons_contracts.codes import FaultCode

from .context import Desk
from .limits import Bill
from .metrics import OPERATION_SECONDS, OPERATIONS, PUSHES, SUBSCRIPTIONS, TURNED_AWAY
from .settings import GatewaySettings

R = TypeVar("R", bound=Any)


@asynccontextmanager
async def watched(desk: Desk, settings: GatewaySettings) -> AsyncIterator[None]:
    """While it serves: figures and probes on a port of their own, which nobody outside needs to reach; spans."""
    telemetry.start("gateway")
    try:
        if settings.health_port:
            async with await plain.listen(settings.health_host, settings.health_port, _pages(desk)):
                yield
        else:
            yield
    finally:
        telemetry.stop()


def _pages(desk: Desk) -> plain.Pages:
    async def live() -> plain.Page:
        return plain.verdict(good=True)

    async def ready() -> plain.Page:
        return plain.verdict(desk.asker.client.is_connected)

    async def metrics() -> plain.Page:
        return plain.exposition()

    return {b"/livez": live, b"/readyz": ready, b"/metrics": metrics}


def noted(result: R, bill: Bill) -> R:
    """An operation is over. Its first error says what became of it; the names are the schema's, what was asked is not told."""
    outcome = _code(result.errors[0]) if result.errors else "ok"
    seconds = time.monotonic() - bill.began
    OPERATIONS[bill.kind, outcome].inc()
    OPERATION_SECONDS[bill.kind,].observe(seconds)
    telemetry.says(operation=bill.kind, outcome=outcome, cost=bill.requested)
    told = {"kind": bill.kind, "outcome": outcome, "cost": bill.requested, "fields": list(bill.fields)}
    logger.info("request", seconds=round(seconds, 4), **told)
    return result


@contextmanager
def following(bill: Bill) -> Iterator[Callable[[R], R]]:
    """The same for an operation that is answered again and again, for as long as somebody listens."""
    last = ExecutionResult(data=None, errors=None)

    def push(result: R) -> R:
        nonlocal last
        last = result
        PUSHES.inc()
        return result

    listened = SUBSCRIPTIONS.track_inprogress() if bill.kind == "subscription" else nullcontext()
    try:
        with listened:
            yield push
    finally:
        noted(last, bill)


def not_let_in(code: FaultCode) -> None:
    """A request that GraphQL never saw."""
    TURNED_AWAY[code.value,].inc()
    if code is not FaultCode.INTERNAL:  # told where it broke
        logger.info("request", kind="none", outcome=code.value)


def _code(error: GraphQLError) -> str:
    return str((error.extensions or {}).get("code", FaultCode.INTERNAL))
