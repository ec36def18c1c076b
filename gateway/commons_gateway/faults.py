"""Top-level errors: a closed list of codes, a request id, and nothing of what went on inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from pydantic import ValidationError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from commons_chassis.faults import Fault
from commons_chassis.log import logger, where
from commons_contracts.base import Refusal
from commons_contracts.codes import FaultCode, Language, RefusalCode

from .refused import shown_params
from .scalars import Unreadable
from .sentences import FAULT, Catalogue

STATUS = {
    FaultCode.UNAUTHENTICATED: 401,
    FaultCode.FORBIDDEN: 403,
    FaultCode.INTROSPECTION_DISABLED: 403,
    FaultCode.PAYLOAD_TOO_LARGE: 413,
    FaultCode.UNSUPPORTED_MEDIA_TYPE: 415,
    FaultCode.RATE_LIMITED: 429,
    FaultCode.INTERNAL: 500,
    FaultCode.UNAVAILABLE: 503,
    FaultCode.BUSY: 503,
    FaultCode.DEADLINE_EXCEEDED: 504,
}
"""Of HTTP, for what was never executed; 400 for all others."""
NONE: Mapping[str, str] = {}
RESTING = {FaultCode.UNAVAILABLE, FaultCode.BUSY, FaultCode.DEADLINE_EXCEEDED}
"""A service is away, has too much to do, or was not done in time: it passes."""
RETRYABLE = RESTING | {FaultCode.RATE_LIMITED}
SUGGESTION = "Did you mean "
FAULT_OF = {
    RefusalCode.UNAUTHENTICATED: FaultCode.UNAUTHENTICATED,
    RefusalCode.BBOX_INVALID: FaultCode.BAD_USER_INPUT,
    RefusalCode.RESULT_TOO_LARGE: FaultCode.BAD_USER_INPUT,
}
"""What a rule's no to a query is, where it is not that the viewer may not know."""
NOT_A_REQUEST = (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
LONGEST_DETAIL = 300
"""Characters: what a document says comes back in what is said about it, and need not come back whole."""


class TurnedAway(Exception):
    """What was sent is no request that could be executed. `detail`: for developers, and never a part of what was sent.

    `status` is HTTP's, where it is not the code's usual one; `headers` go along with it.
    """

    def __init__(
        self, code: FaultCode, detail: str = "", *, status: int = 0, headers: Mapping[str, str] = NONE
    ) -> None:
        super().__init__(code)
        self.code, self.detail, self.headers = code, detail, headers
        self.status = status or STATUS.get(code, 400)


def explained(
    code: FaultCode, language: Language | None, request_id: str, *, detail: str = "", **more: Any
) -> dict[str, Any]:
    """An error as it stands in `errors`, without its place in the answer."""
    sentence = Catalogue.of(language or Language.EN).plain(code, FAULT)
    extensions = {"code": code.value, "requestId": request_id, "retryable": code in RETRYABLE, **more}
    if len(detail) > LONGEST_DETAIL:
        detail = detail[: LONGEST_DETAIL - 1] + "…"
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
        shown = explained(cause.code, language, request_id, detail=detail, **more)
    elif isinstance(cause, ValidationError):
        shown = explained(FaultCode.BAD_USER_INPUT, language, request_id, detail=_complaints(cause))
    elif code := _readers_complaint(error, before=before):
        shown = explained(code, language, request_id, detail=_complaint(error))
    else:
        broken = cause or error
        logger.error("a field failed", field=_field(error), request_id=request_id, **where(broken))
        shown = explained(FaultCode.INTERNAL, language, request_id)
    kept = cause if isinstance(cause, InvalidOperationTypeError) else None  # HTTP has a status of its own for it
    return GraphQLError(
        shown["message"], nodes=error.nodes, path=error.path, original_error=kept, extensions=shown["extensions"]
    )


def _field(error: GraphQLError) -> str:
    """As the schema calls it: in the path stands what the caller calls it."""
    node = error.nodes[0] if error.nodes else None
    return node.name.value if isinstance(node, FieldNode) else ""


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
    if error.path is None and (error.nodes or error.original_error is None):
        return FaultCode.GRAPHQL_VALIDATION_FAILED if before else FaultCode.BAD_USER_INPUT
    return FaultCode.BAD_USER_INPUT if error.original_error is None and error.message.startswith("Argument ") else None


def _complaint(error: GraphQLError) -> str:
    """What GraphQL says is wrong, without what it guesses was meant, and without the words of an exception not meant
    for people: a value may be more than the machinery below can read.
    """
    cause, said = error.original_error, error.message
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if cause is not None and not isinstance(cause, (Unreadable, *NOT_A_REQUEST)):
        before, its_words, _ = said.partition(str(cause) or type(cause).__name__)
        said = before.rstrip("; ") if its_words else ""
    return said.partition(SUGGESTION)[0].rstrip()


def _complaints(error: ValidationError) -> str:
    """Which fields, and what they take; never what was given."""
    return "; ".join(f"{'.'.join(map(str, line['loc']))}: {line['msg']}" for line in error.errors())
