"""What a request may ask for at once, told in one pass over the document: every selection is looked at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)
from strawberry.extensions import SchemaExtension

from commons_chassis.faults import Fault
from commons_contracts.codes import FaultCode

from .context import Context
from .fields import asks_of

TOKENS = 1_000
DEPTH = 10
ALIASES = 15
ROOT_FIELDS = 5
DIRECTIVES = 20
COST = 1_000
SHORT_LIST = 3
"""What a list without `first` is taken to hold."""
WRAPPERS = {"edges", "nodes", "node", "pageInfo"}
"""Steps of Relay's grammar, which add neither depth nor cost of their own."""


@dataclass
class Price:
    """What a selection asks for. Every field that asks a service costs 1, and so does each thing in a list, as often as the
    lists around it are long.
    """

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    operations: int = 0
    looks: int = 0
    """How often it asks for the schema itself."""

    def add(self, other: Price, *, times: int = 1, deeper: int = 0) -> None:
        self.cost += other.cost * times
        self.depth = max(self.depth, other.depth + deeper)
        self.aliases += other.aliases
        self.directives += other.directives
        self.looks += other.looks


@dataclass
class Pricer:
    """Prices one document. A fragment is priced once, however often it is spread."""

    schema: GraphQLSchema
    variables: Mapping[str, Any]
    fragments: dict[str, FragmentDefinitionNode] = field(default_factory=dict)
    priced: dict[str, Price] = field(default_factory=dict)

    def operation(self, node: OperationDefinitionNode) -> Price:
        return self._selection(node.selection_set, self.schema.get_root_type(node.operation))

    def _selection(self, selection: SelectionSetNode, parent: Any) -> Price:
        found = Price()
        for node in selection.selections:
            found.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                found.fields += 1
                found.aliases += node.alias is not None
                self._field(found, node, parent)
            elif isinstance(node, InlineFragmentNode):
                condition = self.schema.type_map.get(node.type_condition.name.value) if node.type_condition else parent
                inner = self._selection(node.selection_set, condition)
                found.add(inner)
                found.fields += inner.fields
            elif isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value)
                found.add(inner)
                found.fields += inner.fields
        return found

    def _fragment(self, name: str) -> Price:
        if name not in self.priced:
            self.priced[name] = Price()  # a cycle costs nothing here; validation refuses it
            node = self.fragments.get(name)
            if node is not None:
                condition = self.schema.type_map.get(node.type_condition.name.value)
                self.priced[name] = self._selection(node.selection_set, condition)
        return self.priced[name]

    def _field(self, found: Price, node: FieldNode, parent: Any) -> None:
        found.looks += node.name.value in {"__schema", "__type"}
        known: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        found.cost += 1 if known and asks_of(known) else 0
        if node.selection_set is None or node.name.value.startswith("__"):
            found.depth = max(found.depth, 1)  # introspection has a rule of its own in validation
            return
        inner = self._selection(node.selection_set, get_named_type(known.type) if known else None)
        wrapper = node.name.value in WRAPPERS and getattr(parent, "name", "") != "Query"
        length = None if wrapper or known is None else self._length(node, known)
        found.cost += length or 0
        found.add(inner, times=1 if length is None else length, deeper=0 if wrapper else 1)

    def _length(self, node: FieldNode, known: GraphQLField) -> int | None:
        """How much a list may bring: `first`, or as many as there are ids, else a few; None for what is no list."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in known.args:
            return max(1, min(self._number(given.get("first"), known.args["first"].default_value), 100))
        ids = given.get("ids")
        if isinstance(ids, ListValueNode):
            return len(ids.values)
        if isinstance(ids, VariableNode):
            return len(self.variables.get(ids.name.value) or ())
        return SHORT_LIST if isinstance(get_nullable_type(known.type), GraphQLList) else None

    def _number(self, value: Any, default: Any) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode) and isinstance(found := self.variables.get(value.name.value), int):
            return found
        return default if isinstance(default, int) else 100


def price(schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> Price:
    """The price of all operations of a document together."""
    pricer = Pricer(schema, variables)
    for node in document.definitions:
        if isinstance(node, FragmentDefinitionNode):
            pricer.fragments[node.name.value] = node
    total = Price()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            one = pricer.operation(node)
            total.operations += 1
            total.add(one)
            total.fields = max(total.fields, one.fields)
    return total


def excess(found: Price) -> str:
    """What is too much, or nothing."""
    limits = {"cost": COST, "depth": DEPTH, "aliases": ALIASES, "directives": DIRECTIVES, "fields": ROOT_FIELDS}
    return "; ".join(
        f"{name} {asked} of {most}" for name, most in limits.items() if (asked := getattr(found, name)) > most
    )


class Limits(SchemaExtension):
    """Before a document is validated: is it of a size that we answer? Tells the cost in every answer."""

    def on_parse(self) -> Iterator[None]:
        self.execution_context.parse_options = {"max_tokens": TOKENS}
        yield

    def on_validate(self) -> Iterator[None]:
        running = self.execution_context
        document = running.graphql_document
        if document is not None:
            found = price(running.schema._schema, document, running.variables or {})  # noqa: SLF001  no public name
            self._cost = found.cost
            if found.operations > 1 and running._provided_operation_name is None:  # noqa: SLF001 - no public name
                running.pre_execution_errors = [
                    GraphQLError("say which operation", original_error=Fault(FaultCode.BAD_REQUEST))
                ]
            if too_much := excess(found):
                fault = Fault(FaultCode.QUERY_TOO_COMPLEX)
                running.pre_execution_errors = [GraphQLError(too_much, original_error=fault)]
            elif found.looks and not self._may_look():
                fault = Fault(FaultCode.INTROSPECTION_DISABLED)
                running.pre_execution_errors = [GraphQLError("", original_error=fault)]
        yield

    def get_results(self) -> dict[str, Any]:
        cost = getattr(self, "_cost", None)
        return {} if cost is None else {"cost": {"requested": cost, "limit": COST}}

    def _may_look(self) -> bool:
        context: Context = self.execution_context.context
        return context.desk.dev or context.caller.person is not None
