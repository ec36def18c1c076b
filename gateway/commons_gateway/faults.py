"""Top-level errors: a closed list of codes, a request id, and nothing of what went on inside."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from pydantic import ValidationError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from commons_chassis.faults import Fault
from commons_chassis.log import logger, where
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, Language, RefusalCode

from .refused import shown_params
from .sentences import FAULT, Catalogue

RETRYABLE = {FaultCode.UNAVAILABLE, FaultCode.DEADLINE_EXCEEDED, FaultCode.RATE_LIMITED}
SUGGESTION = re.compile(r"\s*Did you mean [^?]*\?")
FAULT_OF = {
    RefusalCode.UNAUTHENTICATED: FaultCode.UNAUTHENTICATED,
    RefusalCode.BBOX_INVALID: FaultCode.BAD_USER_INPUT,
    RefusalCode.RESULT_TOO_LARGE: FaultCode.BAD_USER_INPUT,
}
"""What a rule's no to a query is, where it is not that the viewer may not know."""
NOT_A_REQUEST = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)


def explained(
    code: FaultCode, language: Language | None, request_id: str, *, detail: str = "", **more: Any
) -> dict[str, Any]:
    """An error as it stands in `errors`, without its place in the answer."""
    sentence = Catalogue.of(language or Language.EN).plain(code, FAULT)
    extensions = {"code": code.value, "requestId": request_id, "retryable": code in RETRYABLE, **more}
    return {"message": f"{sentence} ({detail})" if detail else sentence, "extensions": extensions}


def masked(error: GraphQLError, language: Language | None, request_id: str, *, before: bool) -> GraphQLError | None:
    """What of an error may leave; None where a refused field is simply not there. `before`: nothing was executed."""
    cause = error.original_error
    if isinstance(cause, Refusal):
        if cause.code is RefusalCode.NOT_FOUND:
            return None
        shown = _forbidden(cause, language, request_id)
    elif isinstance(cause, Fault):
        more = {} if cause.retry_after is None else {"retryAfter": cause.retry_after}
        detail = error.message if error.message != str(cause) else ""
        shown = explained(cause.code, language, cause.request_id or request_id, detail=detail, **more)
    elif isinstance(cause, ValidationError):
        shown = explained(FaultCode.BAD_USER_INPUT, language, request_id, detail=_complaints(cause))
    elif code := _readers_complaint(error, before=before):
        detail = SUGGESTION.sub("", error.message)
        shown = explained(code, language, request_id, detail=detail)
    else:
        broken = cause or error
        logger.error(
            "a field failed", request_id=request_id, path=[str(step) for step in error.path or ()], **where(broken)
        )
        shown = explained(FaultCode.INTERNAL, language, request_id)
    return GraphQLError(shown["message"], nodes=error.nodes, path=error.path, extensions=shown["extensions"])


def _forbidden(no: Refusal, language: Language | None, request_id: str) -> dict[str, Any]:
    """A query has no place for a `Refused`, so a rule's no comes as FORBIDDEN with its own code and words beside it."""
    code = FAULT_OF.get(no.code, FaultCode.FORBIDDEN)
    params = shown_params(no.params)
    shown = explained(code, language, request_id, refusal={"code": no.code.value, "params": params})
    return {**shown, "message": Catalogue.of(language or Language.EN).sentence(no.code, params)}


def _readers_complaint(error: GraphQLError, *, before: bool) -> FaultCode | None:
    """The code of what GraphQL itself has to say about a request, or None for a bug of ours."""
    if isinstance(error.original_error, NOT_A_REQUEST):
        return FaultCode.BAD_REQUEST
    if isinstance(error, GraphQLSyntaxError):
        return FaultCode.GRAPHQL_PARSE_FAILED
    if error.path is None and isinstance(error.original_error, GraphQLError | ValueError | None):
        return FaultCode.GRAPHQL_VALIDATION_FAILED if before else FaultCode.BAD_USER_INPUT
    return FaultCode.BAD_USER_INPUT if error.original_error is None and error.message.startswith("Argument ") else None


def _complaints(error: ValidationError) -> str:
    """Which fields, and what they take; never what was given."""
    return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
