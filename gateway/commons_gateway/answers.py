"""What leaves as an HTTP answer: in which media type, with which status, and nothing that was not meant to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode, Language

from .accept import JSON
from .faults import STATUS, TurnedAway, explained
from .watched import not_let_in

LOUD = {401, 403, 405, 429, 500, 503, 504}
"""Told by the status in every media type; with plain JSON, whatever else is wrong with a document is told in it alone."""


def turned_away(wrong: TurnedAway | Fault, media: str, language: Language | None, request_id: str) -> Response:
    """An answer to what is no request, in the shape of every other answer."""
    not_let_in(wrong.code)
    if isinstance(wrong, TurnedAway):
        shown = explained(wrong.code, language, request_id, detail=wrong.detail)
        return _response({"errors": [shown]}, wrong.status, media, wrong.headers)
    more: dict[str, Any] = {} if wrong.retry_after is None else {"retryAfter": wrong.retry_after}
    shown = explained(wrong.code, language, request_id, **more)
    return _response({"errors": [shown]}, STATUS.get(wrong.code, 400), media, _headers(shown["extensions"]))


def answer(result: ExecutionResult, media: str, method: str) -> Response:
    """An answer to what was executed, or refused just before that."""
    if not never_executed(result):
        return _response(shown(result), 200, media, {})
    (first, *_) = result.errors or [GraphQLError("")]
    extensions = first.extensions or {}
    if method == "GET" and isinstance(first.original_error, InvalidOperationTypeError):
        return _response(shown(result), 405, media, {"Allow": "POST"})
    status = STATUS.get(FaultCode(extensions.get("code", FaultCode.INTERNAL)), 400)
    quiet = media == JSON and status not in LOUD
    return _response(shown(result), 200 if quiet else status, media, _headers(extensions))


def shown(result: ExecutionResult) -> dict[str, Any]:
    """A result as it is written: without `data` where nothing was executed."""
    written: dict[str, Any] = {} if never_executed(result) else {"data": result.data}
    if result.errors:
        written["errors"] = formatted(result.errors)
    if result.extensions:
        written["extensions"] = result.extensions
    return written


def formatted(errors: Sequence[GraphQLError]) -> list[Any]:
    return [error.formatted for error in errors]


def never_executed(result: ExecutionResult) -> bool:
    """Refused as a whole: also where only its variables were looked at."""
    if isinstance(result, PreExecutionError):
        return True
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())


def _headers(extensions: Mapping[str, Any]) -> dict[str, str]:
    if extensions.get("code") == FaultCode.UNAUTHENTICATED:
        return {"WWW-Authenticate": "Bearer"}
    after = extensions.get("retryAfter")
    return {} if after is None else {"Retry-After": str(math.ceil(after))}


def _response(content: Mapping[str, Any], status: int, media: str, headers: Mapping[str, str]) -> Response:
    return Response(orjson.dumps(content), status, headers, f"{media}; charset=utf-8")
