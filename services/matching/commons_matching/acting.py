"""What a process of matching does of itself, beside answering and hearing."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from commons_chassis import doors
from commons_chassis.runtime import Runtime
from commons_chassis.tx import Tx
from commons_contracts.ids import ProjectId


def acting(it: Runtime, project: ProjectId | None) -> AbstractAsyncContextManager[Tx]:
    """A transaction in which the service acts for itself, on one project's ground or, without one, on the platform's."""
    return doors.transaction(it.service, it.app, doors.service_actor(project), it.clock.now(), own=True)
