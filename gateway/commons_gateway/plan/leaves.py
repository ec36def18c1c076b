"""How plain values get into an answer: at once where they are what they should be, through GraphQL's own words for the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from math import isfinite
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from strawberry.types.scalar import identity

Out = Callable[[Any], Any]
Target = dict[str, Any]


class Further(Exception):
    """Something is null that must not be, or no answer at all: how far that reaches is for GraphQL's own executor to say."""


def out_of(kind: GraphQLLeafType) -> Out:
    """From a value that is not null to what stands for it in the answer. Raises what GraphQL raises for a wrong one."""
    slow = _checked(kind)
    if kind is GraphQLString or kind is GraphQLID:
        return lambda value: value if value.__class__ is str else slow(value)
    if kind is GraphQLBoolean:
        return lambda value: value if value.__class__ is bool else slow(value)
    if kind is GraphQLInt:
        most, least = GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
        return lambda value: value if value.__class__ is int and least <= value <= most else slow(value)
    if kind is GraphQLFloat:
        return lambda value: value if value.__class__ is float and isfinite(value) else slow(value)
    if isinstance(kind, GraphQLEnumType):
        return _name_of(kind, slow)
    if kind.coerce_output_value is identity:
        return identity
    return slow


def _checked(kind: GraphQLLeafType) -> Out:
    def out(value: Any) -> Any:
        shown = kind.coerce_output_value(value)
        if shown is None or shown is Undefined:
            raise TypeError(f"{kind} says nothing of {value!r}")
        return shown

    return out


def _name_of(kind: GraphQLEnumType, slow: Out) -> Out:
    members: Mapping[Enum, str] = {
        member: slow(member) for member in getattr(kind, "wrapped_cls", ()) if isinstance(member, Enum)
    }
    its_own = {type(member) for member in members}

    def out(value: Any) -> Any:
        return members[value] if value.__class__ in its_own else slow(value)

    return out


def putter(key: str, out: Out, *, required: bool) -> Callable[[Iterable[Any], list[Target]], None]:
    """Puts each value into its target. Raises Further for a null where there must be none."""

    def put(values: Iterable[Any], targets: list[Target]) -> None:
        for value, target in zip(values, targets, strict=True):
            if value is not None:
                target[key] = out(value)
            elif required:
                raise Further
            else:
                target[key] = None

    return put


def list_putter(
    key: str, out: Out, *, required: bool, items_required: bool
) -> Callable[[Iterable[Any], list[Target]], None]:
    """The same for lists of plain values."""

    def item(value: Any) -> Any:
        if value is not None:
            return out(value)
        if items_required:
            raise Further
        return None

    def put(values: Iterable[Any], targets: list[Target]) -> None:
        for value, target in zip(values, targets, strict=True):
            if value is not None:
                target[key] = [item(one) for one in listed(value)]
            elif required:
                raise Further
            else:
                target[key] = None

    return put


def listed(value: Any) -> Any:
    """A list's things. Raises Further for what is none that we know."""
    if isinstance(value, list | tuple):
        return value
    raise Further
