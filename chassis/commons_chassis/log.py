"""Logs: one line an event, as JSON, never with what a person wrote or is called."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog


def set_up(service: str, level: str) -> None:
    """JSON lines on standard error, the service's name on each."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def where(error: BaseException) -> dict[str, Any]:
    """What may be said of an exception: its type and the lines it passed, not its message, which may quote a value."""
    lines, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        lines.append(f"{code.co_filename.rpartition('site-packages/')[2]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return {"error": type(error).__name__, "at": lines[-8:]}


logger = structlog.get_logger()
