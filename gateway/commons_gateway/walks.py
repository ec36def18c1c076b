"""Ways through the schema: to every field, and to every place where an id can be put. For tests, here and of the whole."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
    is_required_argument,
    is_required_input_field,
)

from .fields import NODES, Asked, asks_of

Ids = Mapping[str, str]
"""An id for each kind of node."""
Taker = GraphQLArgument | GraphQLInputField
Place = tuple[str, ...]
"""Where in the arguments of a field: the argument's name, then the names of the fields of inputs."""
SCALARS: Mapping[str, str] = {
    "String": '"westem"',
    "Int": "1",
    "Float": "1.0",
    "Boolean": "true",
    "CountryCode": '"SE"',
    "Date": '"2026-10-01"',
    "DateTime": '"2026-09-10T00:00:00Z"',
    "FieldCode": '"0613"',
    "LanguageTag": '"sv"',
    "TimeZone": '"Europe/Stockholm"',
}
NAMED: Mapping[str, str] = {"birthYear": "1990"}
"""Values for what takes less than its scalar."""
ANSWER = " { __typename ... on Refused { code message params } }"


@dataclass(frozen=True)
class Step:
    """One field on the way; `on` names the member of a union or interface that has it."""

    field: GraphQLField
    name: str
    arguments: str
    on: str = ""


@dataclass(frozen=True)
class Walk:
    """The shortest way to a field of a type, from the root."""

    name: str
    root: str
    steps: tuple[Step, ...]

    @property
    def document(self) -> str:
        text = _leaf(self.steps[-1].field)
        for step in reversed(self.steps):
            text = f"{step.name}{step.arguments}{text}"
            text = (
                f" {{ __typename ... on Refused {{ code }} ... on {step.on} {{ {text} }} }}"
                if step.on
                else f" {{ {text} }}"
            )
        return self.root.lower() + text

    @property
    def asks(self) -> tuple[tuple[Asked, ...], ...]:
        """The policies on the way, one for each step."""
        return tuple(asks_of(step.field) or () for step in self.steps)


@dataclass(frozen=True)
class IdPlace:
    """Where an id can be put. `kinds`: what belongs there; `document(id)` asks with that id in its place."""

    name: str
    kinds: tuple[str, ...]
    document: Callable[[str], str]


def kinds_of(taker: Taker) -> tuple[str, ...]:
    """The kinds of ids that an argument, or a field of an input, takes."""
    declared = taker.extensions.get("strawberry-definition")
    found: tuple[str, ...] = declared.metadata.get(NODES, ()) if declared is not None else ()
    return found


def walks(schema: GraphQLSchema, ids: Ids) -> Iterator[Walk]:
    """A walk to every field of every type; a type is entered where it is nearest to the root, from queries if it can be."""
    seen: set[str] = set()
    for root in ("Query", "Mutation", "Subscription"):
        waiting: deque[tuple[str, tuple[Step, ...]]] = deque([(root, ())])
        while waiting:
            name, way = waiting.popleft()
            if name in seen:
                continue
            seen.add(name)
            here = schema.type_map[name]
            for field_name, field in getattr(here, "fields", {}).items():
                on = name if way and get_named_type(way[-1].field.type).name != name else ""
                step = Step(field, field_name, arguments(field, ids), on)
                yield Walk(f"{name}.{field_name}", root, (*way, step))
                waiting.extend((reached, (*way, step)) for reached in _reached(field))


def id_places(schema: GraphQLSchema, ids: Ids) -> Iterator[IdPlace]:
    """Every argument, and every field of an input in one, that takes an id."""
    for walk in walks(schema, ids):
        *before, last = walk.steps
        for place, taker in _places(last.field.args):

            def document(id: str, walk: Walk = walk, before: list[Step] = before, place: Place = place) -> str:
                last = walk.steps[-1]
                there = Step(last.field, last.name, arguments(last.field, ids, place, id), last.on)
                return Walk(walk.name, walk.root, (*before, there)).document

            yield IdPlace(".".join((walk.name, *place)), kinds_of(taker), document)


def arguments(field: GraphQLField, ids: Ids, place: Place = (), id: str = "") -> str:
    """The arguments that a field must have, and those that lead to `place`, where `id` is put."""
    given = _given(field.args, ids, place, id)
    return f"({given})" if given else ""


def _given(takers: Mapping[str, Taker], ids: Ids, place: Place, id: str) -> str:
    parts = []
    for name, taker in takers.items():
        on_the_way = place[:1] == (name,)
        if on_the_way or _required(taker):
            if place == (name,):
                literal = _wrapped(taker.type, _text(id))
            else:
                literal = NAMED.get(name) or _literal(taker, taker.type, ids, place[1:] if on_the_way else (), id)
            parts.append(f"{name}: {literal}")
    return ", ".join(parts)


def _literal(taker: Taker, type_: Any, ids: Ids, place: Place, id: str) -> str:
    if isinstance(type_, GraphQLNonNull):
        return _literal(taker, type_.of_type, ids, place, id)
    if isinstance(type_, GraphQLList):
        return f"[{_literal(taker, type_.of_type, ids, place, id)}]"
    if isinstance(type_, GraphQLInputObjectType):
        return f"{{{_given(type_.fields, ids, place, id)}}}"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    name: str = type_.name
    return _text(ids[kinds_of(taker)[0]]) if name == "ID" else SCALARS[name]


def _wrapped(type_: Any, literal: str) -> str:
    inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return f"[{literal}]" if isinstance(inner, GraphQLList) else literal


def _text(value: str) -> str:
    return json.dumps(value)


def _required(taker: Taker) -> bool:
    return is_required_argument(taker) if isinstance(taker, GraphQLArgument) else is_required_input_field(taker)


def _places(takers: Mapping[str, Taker]) -> Iterator[tuple[Place, Taker]]:
    for name, taker in takers.items():
        named = get_named_type(taker.type)
        if named.name == "ID":
            yield (name,), taker
        elif isinstance(named, GraphQLInputObjectType):
            yield from (((name, *place), found) for place, found in _places(named.fields))


def _reached(field: GraphQLField) -> list[str]:
    """The object types that a field leads to; an interface's are entered elsewhere, by their own names."""
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType):
        return [member.name for member in named.types]
    return [named.name] if isinstance(named, GraphQLObjectType) else []


def _leaf(field: GraphQLField) -> str:
    named = get_named_type(field.type)
    if isinstance(named, GraphQLUnionType):
        return ANSWER
    return " { __typename }" if is_composite_type(named) else ""
