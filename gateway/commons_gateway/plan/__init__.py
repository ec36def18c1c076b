"""Plans: a document that was checked becomes a list of steps, each taken once for all things of a level.

What is not planned (changes, subscriptions, looks at the schema, a null that reaches further than its field) is left to
GraphQL's own executor, on the same ground: it finds there what was loaded already. Both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import DirectiveNode, DocumentNode, GraphQLSchema, OperationDefinitionNode, VariableNode
from graphql.execution.values import VariableValues, get_variable_values
from graphql.language import Visitor, visit
from strawberry.types.execution import ExecutionResult

from ..context import Context
from .planner import DIRECTIVES, Planner, Unplanned
from .waves import Plan, execute

MOST = 16
"""Plans of one document: an operation that skips and includes has one for each choice."""

__all__ = ["Plans", "answered"]


@dataclass(slots=True, eq=False)
class Plans:
    """The plans of one document."""

    _made: dict[tuple[Any, ...], Plan | None] = field(default_factory=dict)
    _choices: tuple[str, ...] | None = None
    """The variables by which fields are skipped or included."""

    def find(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, values: VariableValues
    ) -> Plan | None:
        """None for what is left to GraphQL's own executor."""
        if self._choices is None:
            self._choices = tuple(sorted(set(_choices(document))))
        name = operation.name.value if operation.name else ""
        which = (name, *map(values.coerced.get, self._choices))
        if which not in self._made:
            if len(self._made) >= MOST:
                return None
            self._made[which] = _plan(schema, document, operation, values)
        return self._made[which]


async def answered(  # noqa: PLR0917 - as much as an operation is
    schema: GraphQLSchema,
    plans: Plans,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
    context: Context,
) -> ExecutionResult | None:
    """An operation of a checked document by its plan; None where GraphQL's own executor has to answer."""
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables), hide_suggestions=True)
    if not isinstance(values, VariableValues):
        return None
    plan = plans.find(schema, document, operation, values)
    return await execute(plan, context, values) if plan else None


def _plan(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, values: VariableValues
) -> Plan | None:
    try:
        return Planner(schema, document, values).plan(operation)
    except Unplanned:
        return None


def _choices(document: DocumentNode) -> Iterator[str]:
    found: list[DirectiveNode] = []

    class Directives(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            found.append(node)

    visit(document, Directives())
    for node in found:
        if node.name.value in DIRECTIVES:
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    yield argument.value.name.value
