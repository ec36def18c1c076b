"""Logs: one line an event, never with what a person wrote or is called.

JSON, or in development `key=value`, on standard error; with the name of the process, and the id of the trace by which the
lines of several processes belong together.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from .telemetry import trace_id

FIRST = ["timestamp", "level", "service", "event"]


def set_up(service: str, level: str, *, dev: bool = False) -> None:
    """For the whole process, libraries included: whatever they have to say is told by where it was said."""

    def signed(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        line["service"] = service
        if trace := trace_id():
            line["trace"] = trace
        return line

    logfmt = [_one_word, structlog.processors.LogfmtRenderer(key_order=FIRST, drop_missing=True)]
    structlog.configure(
        processors=[
            signed,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(logfmt if dev else [structlog.processors.JSONRenderer()]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_OfLibraries()], force=True)
    sys.excepthook = _ended


def listen(loop: asyncio.AbstractEventLoop) -> None:
    """What nobody awaited and nobody caught is said as everything else is; asyncio would quote it."""
    loop.set_exception_handler(_uncaught)


def where(error: BaseException) -> dict[str, Any]:
    """What may be said of an exception: its type and the lines it passed, not its message, which may quote a value."""
    lines, step = [], error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        lines.append(f"{_file(code.co_filename)}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return {"error": type(error).__name__, "at": lines[-8:]}


class _OfLibraries(logging.Handler):
    """Their messages quote what they please: said are the logger, the line of its code and the kind of exception."""

    def emit(self, record: logging.LogRecord) -> None:
        broken = record.exc_info[1] if record.exc_info else None
        said = {"logger": record.name, "line": f"{_file(record.pathname)}:{record.lineno} {record.funcName}"}
        logger.log(record.levelno, "a library has something to say", **said, **(where(broken) if broken else {}))


def _uncaught(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    broken = context.get("exception")
    logger.error("nobody caught an exception", **(where(broken) if broken else {}))


def _ended(_: type[BaseException], broken: BaseException, __: TracebackType | None) -> None:
    logger.critical("the process failed", **where(broken))


def _file(name: str) -> str:
    return name.rpartition("site-packages/")[2]


def _one_word(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    """Lists as `key=value` can hold them."""
    return {name: ",".join(value) if isinstance(value, list) else value for name, value in line.items()}


logger = structlog.get_logger()
