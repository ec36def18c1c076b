"""One operation: admitted or not, with nothing loaded before it, and with nothing in its errors but what may leave."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError, OperationType
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError

from .context import Context
from .documents import Shelf
from .faults import masked
from .limits import Bill, Chosen, NotAnswered, Question, admit, billed, trust
from .plan import answered
from .trusted import Trusted
from .watched import following, noted

R = TypeVar("R", bound=Any)


class Schema(strawberry.Schema):
    """Strawberry's schema, with our own beginning and end of an operation."""

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        self.shelf = Shelf()

    def trust(self, trusted: Trusted) -> None:
        """Read and check a manifest before anyone asks. Raises SettingError."""
        trust(self._schema, self.shelf, trusted)

    async def execute(  # noqa: PLR0917 - as Strawberry calls it
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Any = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        context = await _begun(context_value)
        bill = billed(context)
        question = Question(query, variable_values or {}, operation_name or None, operation_extensions or {})
        result: ExecutionResult
        try:
            chosen = admit(self._schema, self.shelf, context, bill, question)
            document = chosen.document
            context.document = document.ast
            result = await self._planned(chosen, question, context) or await super().execute(
                document.text, variable_values, context, root_value, question.operation, allowed_operation_types
            )
        except NotAnswered as no:
            result = PreExecutionError(data=None, errors=no.errors)
        except InvalidOperationTypeError as wrong:
            result = PreExecutionError(data=None, errors=[GraphQLError("", original_error=wrong)])
        context.over()
        return noted(_cleaned(result, context, bill), bill)

    async def _planned(self, chosen: Chosen, question: Question, context: Context) -> ExecutionResult | None:
        """The answer of a plan; None for what GraphQL's own executor answers: all that is no query, and what is odd in one."""
        if not context.desk.plans or chosen.operation.operation is not OperationType.QUERY:
            return None
        it = chosen.document
        return await answered(self._schema, it.plans, it.ast, chosen.operation, question.variables, context)

    async def stream(  # noqa: PLR0917 - as Strawberry calls it
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Any = None,
    ) -> AsyncGenerator[Any, None]:
        context = await _begun(context_value)
        bill = billed(context)
        question = Question(query, variable_values or {}, operation_name or None, operation_extensions or {})
        try:
            chosen = admit(self._schema, self.shelf, context, bill, question)
            document = chosen.document
            context.document = document.ast
        except NotAnswered as no:
            return _each_cleaned(_alone(PreExecutionError(data=None, errors=no.errors)), context, bill)
        results = await super().stream(
            document.text, variable_values, context, root_value, question.operation, None, allowed_operation_types
        )
        return _each_cleaned(results, context, bill)

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Said once, where they are masked."""


async def _alone(result: ExecutionResult) -> AsyncGenerator[Any, None]:
    yield result


async def _each_cleaned(results: AsyncGenerator[Any, None], context: Context, bill: Bill) -> AsyncGenerator[Any, None]:
    with following(bill) as push:
        try:
            async for result in results:
                yield push(_cleaned(result, context, bill))
        finally:
            await results.aclose()
            context.over()


async def _begun(context: Context) -> Context:
    fresh = context.again()
    await fresh.desk.presence.note(fresh.ground().actor)
    return fresh


def _cleaned(result: R, context: Context, bill: Bill) -> R:
    if result.errors:
        before = isinstance(result, PreExecutionError)
        language, request_id = context.asked_language, context.request_id
        shown = [masked(error, language, request_id, before=before) for error in result.errors]
        result.errors = [error for error in shown if error is not None] or None
    result.extensions = {**(result.extensions or {}), "cost": bill.told()}
    return result
