"""From a checked document to a plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.field import StrawberryField

from ..fields import FORESEES, PROVES, Shown, wanted_of
from .arguments import Arguments
from .leaves import list_putter, out_of, putter
from .run import Run
from .steps import (
    Foresees,
    Get,
    Loads,
    Pick,
    Put,
    Reads,
    Selection,
    Step,
    Waits,
    by_kind,
    one_kind,
    thing_putter,
    things_putter,
)
from .waves import Plan

DEFINITION = "strawberry-definition"
OF_ID = {"id", "__typename"}
DIRECTIVES = {GraphQLSkipDirective.name, GraphQLIncludeDirective.name}


class Unplanned(Exception):
    """An operation that is left to GraphQL's own executor."""


class Planner:
    """Plans one operation. Fields that it skips or includes by `variables` make a plan of their own."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: VariableValues) -> None:
        self._schema, self._variables = schema, variables
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def plan(self, operation: OperationDefinitionNode) -> Plan:
        """Raises Unplanned."""
        root = self._schema.query_type
        if operation.operation is not OperationType.QUERY or operation.directives or root is None:
            raise Unplanned
        return Plan(self._selection(root, [operation.selection_set]))

    def _selection(self, kind: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Selection:
        asked: dict[str, list[FieldNode]] = {}
        for one in sets:
            self._collect(kind, one, asked, set())
        steps = [self._step(kind, key, nodes) for key, nodes in asked.items()]
        rest = {step.nodes[0].name.value for step in steps if not step.proves}
        return Selection(steps, of_id=rest <= OF_ID and any(step.proves for step in steps))

    # ------------------------------------------------------------ which fields
    def _collect(
        self, kind: GraphQLObjectType, selected: SelectionSetNode, asked: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        """Of one selection, in the order of the document; what is asked twice is one field."""
        for node in selected.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                asked.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self._fits(kind, node.type_condition.name.value):
                    self._collect(kind, node.selection_set, asked, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if self._fits(kind, fragment.type_condition.name.value):
                    self._collect(kind, fragment.selection_set, asked, seen)

    def _fits(self, kind: GraphQLObjectType, condition: str) -> bool:
        wider = self._schema.type_map[condition]
        if isinstance(wider, GraphQLInterfaceType | GraphQLUnionType):
            return self._schema.is_sub_type(wider, kind)
        return wider is kind

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            if directive.name.value not in DIRECTIVES:
                raise Unplanned
            skips = directive.name.value == GraphQLSkipDirective.name
            known = GraphQLSkipDirective if skips else GraphQLIncludeDirective
            if get_argument_values(known, directive, self._variables)["if"] is skips:
                return False
        return True

    # ------------------------------------------------------------ what is done for each
    def _step(self, kind: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> Step:
        name = nodes[0].name.value
        if name == "__typename":
            return Reads(key, nodes, True, putter(key, str, required=True), _always(kind.name))
        known = kind.fields.get(name)
        field = known.extensions.get(DEFINITION) if known else None
        if known is None or not isinstance(field, StrawberryField) or field.extensions:
            raise Unplanned
        resolver, required = field.base_resolver, isinstance(known.type, GraphQLNonNull)
        arguments = Arguments(self._schema, known, field, nodes[0])
        if foreseen := field.metadata.get(FORESEES):
            kinds = self._kinds(get_nullable_type(known.type), nodes)
            put, ahead = thing_putter(key, by_kind(kinds), required=required), partial(_foreseen, foreseen, arguments)
            return Foresees(key, nodes, required, put, _called(field, arguments), ahead, kinds)
        put = self._put(key, known, nodes)
        if resolver is None:
            return Reads(key, nodes, required, put, _always_by(_attribute(kind, field)))
        if wanted := wanted_of(field):
            return Loads(key, nodes, required, put, wanted)
        step = Waits if resolver.is_async else Reads
        return step(key, nodes, required, put, _called(field, arguments), proves=PROVES in field.metadata)

    def _put(self, key: str, known: GraphQLField, nodes: list[FieldNode]) -> Put:
        required, kind = isinstance(known.type, GraphQLNonNull), get_nullable_type(known.type)
        if not isinstance(kind, GraphQLList):
            if is_leaf_type(kind):
                return putter(key, out_of(kind), required=required)
            return thing_putter(key, self._pick(kind, nodes), required=required)
        items, item = isinstance(kind.of_type, GraphQLNonNull), get_nullable_type(kind.of_type)
        if isinstance(item, GraphQLList):
            raise Unplanned
        if is_leaf_type(item):
            return list_putter(key, out_of(item), required=required, items_required=items)
        return things_putter(key, self._pick(item, nodes), required=required, items_required=items)

    def _pick(self, kind: Any, nodes: Sequence[FieldNode]) -> Pick:
        if isinstance(kind, GraphQLObjectType):
            return one_kind(self._selection(kind, [node.selection_set for node in nodes if node.selection_set]))
        return by_kind(self._kinds(kind, nodes))

    def _kinds(self, kind: Any, nodes: Sequence[FieldNode]) -> dict[type, Selection]:
        """What is asked of each type that can stand there."""
        sets = [node.selection_set for node in nodes if node.selection_set]
        kinds = self._schema.get_possible_types(kind)
        classes = {one.extensions[DEFINITION].origin: one for one in kinds}
        if len(classes) < len(kinds):
            raise Unplanned  # types made of one generic class
        return {origin: self._selection(one, sets) for origin, one in classes.items()}


def _always(value: str) -> Callable[[Run], Get]:
    return _always_by(lambda _: value)


def _always_by(get: Get) -> Callable[[Run], Get]:
    return lambda _: get


def _attribute(kind: GraphQLObjectType, field: StrawberryField) -> Get:
    """As `fields.read` reads it."""
    shown = issubclass(kind.extensions[DEFINITION].origin, Shown)
    return attrgetter(f"view.{field.python_name}" if shown else field.python_name)


def _foreseen(foreseen: Callable[..., Any], arguments: Arguments, run: Run) -> Any:
    return foreseen(run.context, **arguments.of(run))


def _called(field: StrawberryField, arguments: Arguments) -> Callable[[Run], Get]:
    """The resolver with its arguments, waiting for the thing whose field it is."""
    resolver = field.base_resolver
    assert resolver is not None  # noqa: S101 - whoever has none is read
    call: Any = resolver.wrapped_func
    parent = resolver.parent_parameter or resolver.root_parameter

    def get(run: Run) -> Get:
        given = arguments.of(run)
        if resolver.info_parameter:
            given = {**given, resolver.info_parameter.name: run.told(field)}
        if resolver.self_parameter:
            return partial(call, **given) if given else call
        if parent is None:
            return lambda _: call(**given)
        return lambda source: call(**{parent.name: source}, **given)

    return get
