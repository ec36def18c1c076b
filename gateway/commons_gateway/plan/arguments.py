"""The arguments of a field, as its resolver takes them: read once an answer, or once for all where no variable is in them."""

from __future__ import annotations

from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)
from graphql.execution.values import get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from .leaves import Further
from .run import Run

WRONG = (GraphQLError, ValueError, TypeError)
"""What arguments that do not fit raise; GraphQL's own executor says it in its own words."""


class Arguments:
    """Of one field in one document."""

    def __init__(self, schema: GraphQLSchema, known: GraphQLField, field: StrawberryField, node: FieldNode) -> None:
        self._known, self._field, self._node = known, field, node
        own = schema._strawberry_schema  # type: ignore[attr-defined] # noqa: SLF001 - where Strawberry keeps itself
        self._config, self._scalars = own.config, own.schema_converter.scalar_registry
        self._varies = any(_varies(argument.value) for argument in node.arguments or ())
        self._same: dict[str, Any] | None = {} if not known.args else None

    def of(self, run: Run) -> dict[str, Any]:
        """By the resolver's own names. Raises Further for what does not fit."""
        if self._same is not None:
            return self._same
        try:
            coerced = get_argument_values(self._known, self._node, run.variables)
            given = convert_arguments(coerced, self._field.arguments, self._scalars, self._config)
        except WRONG as wrong:
            raise Further from wrong
        if not self._varies:
            self._same = given
        return given


def _varies(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_varies, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_varies(field.value) for field in value.fields)
    return isinstance(value, VariableNode)
