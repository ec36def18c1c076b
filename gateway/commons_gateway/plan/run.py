"""What one answer needs while it comes together."""

from __future__ import annotations

from collections.abc import Awaitable, Hashable
from types import SimpleNamespace
from typing import Any, Protocol

from graphql import FieldNode
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from ..context import Context, Info
from ..loading import Loader
from .leaves import Target

Wants = dict[Loader[Any, Any], dict[Hashable, None]]
"""Of each loader the things that are wanted from it, each once."""


class Job(Protocol):
    """Something that has to be asked for before a field can be put in its place."""

    def begin(self, wants: Wants) -> list[Awaitable[Any]]:
        """Add to what is loaded; what is asked in its own way is returned."""

    def end(self, run: Run, answers: list[Any]) -> None:
        """All of that is there, or has failed: the field takes its place."""


class Asked(Protocol):
    """The field that a failure belongs to."""

    key: str
    nodes: list[FieldNode]


class Run:
    """One answer on its way."""

    def __init__(self, context: Context, variables: VariableValues) -> None:
        self.variables = variables
        self.jobs: list[Job] = []
        self.failures: list[tuple[Asked, Target, Exception]] = []
        self.foreseeing = False
        """Whether a thing is taken to be there that nobody has fetched."""
        self.context = context
        self._raw = SimpleNamespace(context=context)

    def told(self, field: StrawberryField) -> Info:
        """What a resolver that asks for it is told of its field and its caller."""
        return Info(_raw_info=self._raw, _field=field)  # type: ignore[arg-type]

    def failed(self, step: Asked, target: Target, broken: Exception) -> None:
        target[step.key] = None
        self.failures.append((step, target, broken))
