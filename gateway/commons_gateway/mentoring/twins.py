"""Types that a browser both reads and writes: declared once, shown as they are, and taken back as their input twin.

Only programme designs are shown this way. They hold codes, numbers and published texts, and nothing about a person.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union, dataclass_transform, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from strawberry.types.base import StrawberryObjectDefinition

from ..fields import given, said, shape, wish

C = TypeVar("C", bound=type)

_contracts: dict[type, type[BaseModel] | None] = {}
_twins: dict[type, type] = {}
_pairs: set[type] = set()


def design(contract: type[BaseModel]) -> Callable[[C], C]:
    """The type shows this part of a design; its fields have the names of the contract's."""

    def declare(cls: C) -> C:
        _contracts[cls] = contract
        return shape(cls)

    return declare


@dataclass_transform(kw_only_default=True, field_specifiers=(said,))
def pair(cls: C) -> C:
    """The type shows one entry of a mapping: its first field the key, its second the value."""
    _contracts[cls] = None
    _pairs.add(cls)
    return shape(cls)


def shown(cls: type, value: Any) -> Any:
    """A part of a contract as the type that shows it."""
    hints = get_type_hints(cls)
    return cls(**{name: _shown(hints[name], getattr(value, name)) for name in _names(cls)})


def _shown(hint: Any, value: Any) -> Any:
    inner = _inner(hint)
    if inner not in _contracts or value is None:
        return list(value) if isinstance(value, tuple) else value
    if isinstance(value, Mapping):
        key, held = _names(inner)
        held_hint = get_type_hints(inner)[held]
        return [inner(**{key: name, held: _shown(held_hint, one)}) for name, one in value.items()]
    return [shown(inner, one) for one in value] if isinstance(value, tuple) else shown(inner, value)


def twin(cls: type) -> type:
    """The input that takes what `cls` shows."""
    if cls not in _twins:
        hints, contract = get_type_hints(cls), _contracts[cls]
        fields = {field.python_name: field.description or "" for field in _definition(cls).fields}
        defaults = {name: _default(contract, name) for name in fields}
        annotations = {name: _swapped(hints[name], optional="default" in defaults[name]) for name in fields}
        body = {name: given(meaning, **defaults[name]) for name, meaning in fields.items()}
        _twins[cls] = wish(
            type(f"{cls.__name__}Input", (), {"__annotations__": annotations, "__doc__": cls.__doc__, **body})
        )
    return _twins[cls]


def _default(contract: type[BaseModel] | None, name: str) -> dict[str, Any]:
    """Nothing for what must be given; parts of a design that are left out are the contract's own default."""
    field = contract.model_fields[name] if contract else None
    if field is None or field.is_required():
        return {}
    empty = isinstance(field.default, tuple | Mapping) and not field.default
    return {"default": [] if empty else None if isinstance(field.default, BaseModel) else field.default}


def _swapped(hint: Any, *, optional: bool) -> Any:
    inner = _inner(hint)
    if inner not in _contracts:
        return hint
    if get_origin(hint) is list:
        return list[twin(inner)]  # type: ignore[misc]
    return twin(inner) | None if optional else twin(inner)


def taken(value: Any) -> Any:
    """What a twin was given, as the contract reads it; what was not given is left out."""
    if isinstance(value, list):
        if value and _shape_of(value[0]) in _pairs:
            return {getattr(one, key): taken(getattr(one, held)) for one in value for key, held in [_names(type(one))]}
        return [taken(one) for one in value]
    if _shape_of(value) is None:
        return value
    given_fields = {name: taken(getattr(value, name)) for name in _names(type(value))}
    return {name: one for name, one in given_fields.items() if one is not None and one != []}


def _shape_of(value: Any) -> type | None:
    return next((cls for cls, made in _twins.items() if made is type(value)), None)


def _inner(hint: Any) -> Any:
    """T of T, of list[T] and of T | None."""
    if get_origin(hint) is list:
        return get_args(hint)[0]
    if get_origin(hint) in {Union, types.UnionType}:
        return next(one for one in get_args(hint) if one is not type(None))
    return hint


def _names(cls: type) -> tuple[str, ...]:
    return tuple(field.python_name for field in _definition(cls).fields)


def _definition(cls: type) -> StrawberryObjectDefinition:
    found: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    return found
