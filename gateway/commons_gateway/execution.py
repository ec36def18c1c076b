"""One operation: with nothing loaded before it, and with nothing in its errors that is not for the browser."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from .context import Context
from .faults import masked

R = TypeVar("R", bound=Any)


class Schema(strawberry.Schema):
    """Strawberry's schema, with our own beginning and end of an operation."""

    async def execute(self, query: str | None, *args: Any, **kwargs: Any) -> ExecutionResult:
        context = kwargs["context_value"] = await _begun(kwargs["context_value"])
        try:
            result: ExecutionResult = await super().execute(query, *args, **kwargs)
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as wrong:
            result = PreExecutionError(data=None, errors=[GraphQLError("", original_error=wrong)])
        return _cleaned(result, context)

    async def stream(self, query: str | None, *args: Any, **kwargs: Any) -> AsyncGenerator[Any, None]:
        context = kwargs["context_value"] = await _begun(kwargs["context_value"])
        results = await super().stream(query, *args, **kwargs)
        return _each_cleaned(results, context)

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Said once, where they are masked."""


async def _each_cleaned(results: AsyncGenerator[Any, None], context: Context) -> AsyncGenerator[Any, None]:
    try:
        async for result in results:
            yield _cleaned(result, context)
    finally:
        await results.aclose()


async def _begun(context: Context) -> Context:
    fresh = context.again()
    await fresh.desk.presence.note(fresh.ground().actor)
    return fresh


def _cleaned(result: R, context: Context) -> R:
    if result.errors:
        before = isinstance(result, PreExecutionError)
        language, request_id = context.asked_language, context.request_id
        shown = [masked(error, language, request_id, before=before) for error in result.errors]
        result.errors = [error for error in shown if error is not None] or None
    return result
