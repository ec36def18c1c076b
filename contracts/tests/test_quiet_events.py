"""Events carry ids, codes, numbers and dates: never a name, an address, or a text that someone wrote."""

from __future__ import annotations

import types
import typing
from datetime import date, datetime
from enum import Enum
from uuid import UUID

import pytest
from pydantic import BaseModel

from commons_contracts.base import Event, Message
from commons_contracts.ids import Coded

QUIET = (int, float, bool, UUID, datetime, date, types.NoneType)


def loud(annotation: object, path: str) -> list[str]:
    """The places in a type where free text could stand."""
    if typing.get_origin(annotation) is typing.Annotated:
        inner, *marks = typing.get_args(annotation)
        return [] if any(isinstance(m, Coded) for m in marks) else loud(inner, path)
    if hasattr(annotation, "__supertype__"):
        return loud(annotation.__supertype__, path)
    if args := [a for a in typing.get_args(annotation) if a is not Ellipsis]:
        return [place for arg in args for place in loud(arg, path)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        hints = typing.get_type_hints(annotation, include_extras=True)
        names = annotation.model_fields
        return [p for name in names for p in loud(hints[name], f"{path}.{name}")]
    quiet = isinstance(annotation, type) and issubclass(annotation, (*QUIET, Enum))
    return [] if quiet else [f"{path}: {annotation}"]


def test_events_carry_no_text(messages):
    found = [p for kind in messages if issubclass(kind, Event) for p in loud(kind, kind.__name__)]
    assert found == []


class Note(Message):
    text: str


@pytest.mark.parametrize(
    "shape", [str, str | None, tuple[str, ...], dict[str, int], Note, tuple[Note, ...], typing.Any, bytes, dict]
)
def test_the_gate_hears_text_wherever_it_hides(shape):
    assert loud(shape, "x")


def test_events_name_their_aggregate_and_the_persons_they_are_about(messages):
    for kind in messages:
        if issubclass(kind, Event):
            assert kind.of in kind.model_fields, kind
            assert set(kind.about) <= set(kind.model_fields), kind
            hints = typing.get_type_hints(kind, include_extras=True)
            persons = {n for n in kind.model_fields if "PersonId" in str(hints[n])}
            assert persons == set(kind.about), f"{kind.__name__} names {persons}, and says it is about {kind.about}"
