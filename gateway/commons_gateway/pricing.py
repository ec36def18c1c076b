"""What a document asks for, told in one pass: every selection is looked at once, however often it is spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from .fields import asks_of
from .rates import BUCKET_OF, Bucket

SHORT_LIST = 3
"""What a list without `first` is taken to hold."""
LONGEST_LIST = 100
LONGEST_NUMBER = 9
"""Digits: more are more than any list holds, and need not be read."""
VALUES_A_POINT = 20
"""Plain values come with the things they belong to; so many of them cost as much as a thing."""
WHOLE_SCHEMA, ONE_TYPE = 100, 10
LOOKS = {"__schema": WHOLE_SCHEMA, "__type": ONE_TYPE}
"""What it costs to ask for the schema itself; how deep is a rule of validation."""
WRAPPERS = {"edges", "nodes", "node", "pageInfo"}
"""Steps of Relay's grammar, which add neither depth nor cost of their own."""
NESTED = 64
"""Braces within braces, those of Relay's grammar and of fragments within fragments included."""
DEAREST = 10**9
"""More is told as this much: JSON's numbers end somewhere."""


class TooDeep(Exception):
    """It is nested so deep that it is not looked at to its end."""


@dataclass(slots=True)
class Price:
    """What a selection asks for. Every field that asks a service costs 1, and so does each thing in a list, as often as
    the lists around it are long.
    """

    things: int = 0
    values: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    fields: int = 0
    looks: int = 0
    """How often it asks for the schema itself."""
    calls: dict[Bucket, int] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        return min(self.things + self.values // VALUES_A_POINT, DEAREST)

    def add(self, other: Price, *, times: int = 1, deeper: int = 0) -> None:
        self.things += other.things * times
        self.values += other.values * times
        self.depth = max(self.depth, other.depth + deeper)
        self.aliases += other.aliases
        self.directives += other.directives
        self.looks += other.looks
        for bucket, count in other.calls.items():
            self.call(bucket, count * times)

    def call(self, bucket: Bucket, count: int = 1) -> None:
        self.calls[bucket] = self.calls.get(bucket, 0) + count


@dataclass(slots=True)
class Pricer:
    """Prices the operations of one document under one set of variables. A fragment is priced once."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    """Values as they were given, or nodes where the document says what holds otherwise."""
    priced: dict[str, Price] = field(default_factory=dict)
    varied: bool = False
    """Whether another set of variables may have another price."""

    def operation(self, node: OperationDefinitionNode) -> Price:
        """Raises TooDeep."""
        return self._selection(node.selection_set, self.schema.get_root_type(node.operation), 1)

    def _selection(self, selection: SelectionSetNode, parent: GraphQLNamedType | None, level: int) -> Price:
        if level > NESTED:
            raise TooDeep
        found = Price()
        for node in selection.selections:
            found.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                found.fields += 1
                found.aliases += node.alias is not None
                self._field(found, node, parent, level)
                continue
            if isinstance(node, FragmentSpreadNode):
                inner = self._fragment(node.name.value, level)
            elif isinstance(node, InlineFragmentNode):
                condition = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
                inner = self._selection(node.selection_set, condition, level + 1)
            found.add(inner)
            found.fields += inner.fields
        return found

    def _fragment(self, name: str, level: int) -> Price:
        if name not in self.priced:
            self.priced[name] = Price()  # a cycle costs nothing here; validation refuses it
            node = self.fragments.get(name)
            if node is not None:
                condition = self.schema.get_type(node.type_condition.name.value)
                self.priced[name] = self._selection(node.selection_set, condition, level + 1)
        return self.priced[name]

    def _field(self, found: Price, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> None:
        name = node.name.value
        if name in LOOKS:
            found.looks += 1
            found.things += LOOKS[name]
            return
        known: GraphQLField | None = getattr(parent, "fields", {}).get(name)
        asked = asks_of(known) if known else None
        found.things += 1 if asked else 0
        for bucket in filter(None, map(BUCKET_OF.get, asked or ())):
            found.call(bucket)
        if node.selection_set is None:
            found.depth = max(found.depth, 1)
            found.values += 1 if known is None or is_leaf_type(get_named_type(known.type)) else 0
            return
        inner = self._selection(node.selection_set, get_named_type(known.type) if known else None, level + 1)
        wrapper = name in WRAPPERS and getattr(parent, "name", "") != "Query"
        length = None if wrapper or known is None else self._length(node, known)
        found.things += length or 0
        found.add(inner, times=1 if length is None else length, deeper=0 if wrapper else 1)

    def _length(self, node: FieldNode, known: GraphQLField) -> int | None:
        """How much a list may bring: `first`, or as many as there are ids, else a few; None for what is no list."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in known.args:
            usual = known.args["first"].default_value
            return max(1, min(self._number(given.get("first"), usual), LONGEST_LIST))
        if "ids" in given:
            return self._items(given["ids"])
        return SHORT_LIST if isinstance(get_nullable_type(known.type), GraphQLList) else None

    def _number(self, value: object, usual: object) -> int:
        """What the schema will read as a whole number. What is none is no list at all, so any price will do."""
        if isinstance(value, VariableNode):
            self.varied = True
            return self._number(self.variables.get(value.name.value), usual)
        if value is None:
            return usual if isinstance(usual, int) else LONGEST_LIST
        if isinstance(value, IntValueNode):
            return int(value.value) if len(value.value) <= LONGEST_NUMBER else LONGEST_LIST
        return int(value) if isinstance(value, int | float) and abs(value) < DEAREST else LONGEST_LIST

    def _items(self, value: object) -> int:
        if isinstance(value, VariableNode):
            self.varied = True
            return self._items(self.variables.get(value.name.value))
        if isinstance(value, ListValueNode):
            return len(value.values)
        return len(value) if isinstance(value, list) else 1


def variables_of(node: OperationDefinitionNode, given: Mapping[str, Any]) -> Mapping[str, Any | ValueNode]:
    """What an operation's variables will be: as given, else as it says."""
    usual = {one.variable.name.value: one.default_value for one in node.variable_definitions or () if one.default_value}
    return {**usual, **given}
