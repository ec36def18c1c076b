"""Faults: of the protocol, of authentication, of a resting service, or ours. Not refusals: nobody decided anything."""

from __future__ import annotations

from commons_contracts.codes import FaultCode


class Fault(Exception):
    """A request that was not decided. `retry_after`: seconds until another try makes sense."""

    def __init__(self, code: FaultCode, *, retry_after: float | None = None, request_id: str = "") -> None:
        super().__init__(code)
        self.code, self.retry_after, self.request_id = code, retry_after, request_id
