"""How a field is declared: what it means, and whom it asks. One that lacks either fails a test."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, Generic, Self, TypeVar, dataclass_transform

import strawberry
from graphql import GraphQLField
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from commons_contracts.base import Entry, Request
from commons_contracts.codes import Role

from .codes import expose_codes
from .context import Batch, Ground
from .loading import Loader

expose_codes()  # before any type names one of them

Resolver = Callable[..., Any]


class Care:
    """Stands among the requests of a field that looks after the platform itself, which is nobody's service."""

    entry = Entry.OPERATOR
    for_roles: frozenset[Role] = frozenset()
    owner = "platform"
    subject = "platform"


Asked = type[Request[Any]] | type[Care]
V = TypeVar("V")
C = TypeVar("C", bound=type)

ASKS = "asks"
"""A field's policy: the requests it puts to services, each with its `entry` and roles. None: its parent brought it along."""
WANTED = "wanted"
"""What a field has to be loaded before it can be reckoned."""
PROVES, FORESEES = "proves", "foresees"
NODES = "nodes"
"""The types whose ids an input takes."""
FREE: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class OnlyId:
    """Stands for a view that nobody has fetched."""

    id: Any


class Shown(Generic[V]):
    """A type whose fields are read from a view. They are named one by one all the same: nothing is shown by accident."""

    view: V
    ground: Ground

    @classmethod
    def of(cls, view: V, ground: Ground) -> Self:
        """The view as this type, on the ground where it was asked for."""
        shown = cls.__new__(cls)
        shown.view, shown.ground = view, ground
        return shown


def read(source: Any, name: str) -> Any:
    """A field without a resolver: from the view, or from the object itself."""
    return getattr(source.view, name) if isinstance(source, Shown) else getattr(source, name)


def said(meaning: str, *, name: str | None = None) -> Any:
    """A field that its parent brought along."""
    return strawberry.field(description=meaning, name=name, metadata={ASKS: FREE})


def given(meaning: str, *, default: Any = MISSING, nodes: str = "", type_: Any = None) -> Any:
    """A field of an input; `nodes` names the types whose ids it takes, `type_` a type made at run time."""
    metadata = {NODES: tuple(nodes.split())} if nodes else {}
    if isinstance(default, list):
        return strawberry.field(description=meaning, default_factory=lambda: list(default), metadata=metadata)
    return strawberry.field(description=meaning, default=default, metadata=metadata, graphql_type=type_)


@dataclass_transform(kw_only_default=True, field_specifiers=(said,))
def shape(cls: C) -> C:
    """A GraphQL type; its docstring is its description."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


@dataclass_transform(kw_only_default=True, field_specifiers=(given,))
def wish(cls: C) -> C:
    """A GraphQL input; its docstring is its description."""
    return strawberry.input(cls, description=inspect.getdoc(cls))


def argument(meaning: str, *, nodes: str = "") -> Any:
    """What stands beside the type of a resolver's argument."""
    return strawberry.argument(description=meaning, metadata={NODES: tuple(nodes.split())} if nodes else {})


def told(resolver: Resolver) -> Any:
    """A field reckoned from what its parent brought along; its docstring is its description."""
    return _made(resolver, FREE)


def asks(*requests: Asked) -> Callable[[Resolver], Any]:
    """A field that asks a service."""
    return lambda resolver: _made(resolver, requests)


@dataclass(frozen=True)
class Wanted:
    """What a field shows of a thing that is loaded with all others of its kind."""

    batch: Batch[Any, Any]
    key: Callable[[Any], Hashable | None]
    """Which thing; None: none."""
    within: Callable[[Any], Mapping[str, Hashable]] | None
    show: Callable[[Any, Any], Any]

    def loader(self, source: Any) -> Loader[Any, Any]:
        ground: Ground = source.ground
        return ground.loader(self.batch, **self.within(source)) if self.within else ground.loader(self.batch)

    def shown(self, source: Any) -> Any:
        """Once it is loaded. Raises what the loading raised."""
        key = self.key(source)
        return self.show(source, None if key is None else self.loader(source).found(key))

    async def resolve(self, source: Any) -> Any:
        key = self.key(source)
        if key is not None:
            await self.loader(source).load(key)
        return self.shown(source)


def loads(
    batch: Batch[Any, Any],
    key: Callable[[Any], Hashable | None],
    within: Callable[[Any], Mapping[str, Hashable]] | None = None,
) -> Callable[[Resolver], Any]:
    """A field that shows something of another thing: of which one `key` tells, and the function takes it (or None) beside
    the thing whose field it is. `within`: the request's other fields.
    """

    def made(show: Resolver) -> Any:
        wanted = Wanted(batch, key, within, show)

        async def resolver(self: Any) -> Any:
            return await wanted.resolve(self)

        seen = inspect.signature(show)
        resolver.__signature__ = seen.replace(parameters=[*seen.parameters.values()][:1])  # type: ignore[attr-defined]
        resolver.__name__, resolver.__module__, resolver.__doc__ = show.__name__, show.__module__, show.__doc__
        return _made(resolver, (batch.call,), wanted)

    return made


def wanted_of(field: StrawberryField) -> Wanted | None:
    """What a field has loaded before it is reckoned; None for one that loads nothing, or in its own way."""
    return field.metadata.get(WANTED)


def proves(*requests: Asked) -> Callable[[Resolver], Any]:
    """A field that needs no more than the id of the thing it belongs to, and is refused where there is no such thing."""
    return lambda resolver: _made(resolver, requests, proves=True)


def foresees(foreseen: Callable[..., Any], *requests: Asked) -> Callable[[Resolver], Any]:
    """A field that fetches a thing by its id. `foreseen(context, **arguments)` is that thing with nothing but its id, where
    it can be so: for a plan in which nothing of it is asked for but what proves that it is there. None: it has to be fetched.
    """
    return lambda resolver: _made(resolver, requests, foresees=foreseen)


def does(*requests: Asked) -> Callable[[Resolver], Any]:
    """A mutation."""
    return asks(*requests)


def hears(*requests: Asked) -> Callable[[Resolver], Any]:
    """A subscription."""
    return lambda resolver: strawberry.subscription(
        resolver=resolver, description=inspect.getdoc(resolver), metadata={ASKS: requests}
    )


def adds(cls: type, *requests: Asked, name: str = "") -> Callable[[Resolver], Resolver]:
    """A field that one service's module adds to a type of another's, whom it may import and who may not import it."""

    def attach(resolver: Resolver) -> Resolver:
        made: StrawberryField = _made(resolver, requests)
        made.python_name = name or resolver.__name__
        definition: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined]
        definition.fields.append(made)
        return resolver

    return attach


def asks_of(field: GraphQLField) -> tuple[Asked, ...] | None:
    """A field's policy, or None where it has none."""
    declared = field.extensions.get("strawberry-definition")
    return declared.metadata.get(ASKS) if declared is not None else None


def _made(resolver: Resolver, requests: tuple[Asked, ...], wanted: Wanted | None = None, **more: Any) -> Any:
    metadata = {ASKS: requests, WANTED: wanted, **more}
    return strawberry.field(resolver=resolver, description=inspect.getdoc(resolver), metadata=metadata)


First = Annotated[int, argument("How many at most, from 1 to 100.")]
After = Annotated[str | None, argument("The cursor behind which to begin; none for the beginning.")]
