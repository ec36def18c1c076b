"""Relay's grammar: ids that say nothing, nodes, and lists that can be walked while they change."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry
from pydantic import BaseModel

from commons_contracts.base import Page, Query
from commons_contracts.ids import PlaceId

from .context import Ground
from .cursors import scope_of
from .fields import said, told

T = TypeVar("T")
V = TypeVar("V", bound=BaseModel)

NOWHERE = UUID(int=0)
"""Stands for an id that is none: the service is asked all the same, and answers as for any id that it does not know."""
NO_PLACE = PlaceId(0)
LONGEST_NUMBER = 9
"""Digits: more than any place has, and all that a column holds."""


def global_id(kind: str, key: object) -> strawberry.ID:
    return strawberry.ID(urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("="))


def parts_of(id: str) -> tuple[str, str] | None:
    """The kind and the key, or None for what we never made."""
    try:
        kind, colon, key = urlsafe_b64decode(id + "=" * (-len(id) % 4)).decode().partition(":")
    except ValueError:
        return None
    return (kind, key) if colon and global_id(kind, key) == id else None


def uuid_in(id: str, kind: str) -> Any:
    """The key of an id of this kind; NOWHERE for any other, so that no answer tells a wrong id from an unknown one."""
    parts = parts_of(id)
    try:
        return UUID(parts[1]) if parts and parts[0] == kind else NOWHERE
    except ValueError:
        return NOWHERE


def place_in(id: str) -> PlaceId:
    """The same for places, whose keys are numbers."""
    kind, key = parts_of(id) or ("", "")
    number = kind == "Place" and key.isascii() and key.isdecimal() and len(key) <= LONGEST_NUMBER
    return PlaceId(int(key)) if number else NO_PLACE


@strawberry.interface(description="Anything that can be fetched again by its id.")
class Node:
    @told
    def id(self) -> strawberry.ID:
        """Opaque, unique on the platform, and stable."""
        return global_id(type(self).__name__, self.key)

    @property
    def key(self) -> object:
        """What the owner calls it."""
        return self.view.id  # type: ignore[attr-defined]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = said("Whether there is more behind this page.")
    has_previous_page: bool = said("Whether this page was asked for with a cursor.")
    start_cursor: str | None = said("The cursor of the first edge.")
    end_cursor: str | None = said("The cursor of the last edge: give it as `after` to go on.")


@strawberry.type(description="One thing in a list, and its place there.")
class Edge(Generic[T]):
    node: T = said("The thing.")
    cursor: str = said("Its place in the list.")


@strawberry.type(name="Connection", description="A page of a list in a stable order.")
class Listing(Generic[T]):
    edges: list[Edge[T]] = said("The things with their cursors.")
    page_info: PageInfo = said("Where this page stands in the list.")
    total_count: int = said("How many there are in the whole list.")

    @told
    def nodes(self) -> list[T]:
        """The things alone."""
        return [edge.node for edge in self.edges]


def empty() -> Listing[Any]:
    """A list with nothing in it."""
    nowhere = PageInfo(has_next_page=False, has_previous_page=False, start_cursor=None, end_cursor=None)
    return Listing(edges=[], page_info=nowhere, total_count=0)


async def listing(
    ground: Ground,
    request: type[Query[Page[V]]],
    show: Callable[[V, Ground], T],
    *,
    first: int,
    after: str | None,
    **fields: Any,
) -> Listing[T]:
    """A page of a list as `request` brings it, each thing as `show` shows it."""
    seal, scope = ground.context.desk.seal, scope_of(ground.actor, request.subject)
    behind = None if after is None else seal.open(scope, after)
    page = await ground.once(request.model_validate({"first": first, "after": behind, **fields}))
    cursors = [seal.close(scope, cursor) for cursor in page.cursors]
    return Listing(
        edges=[Edge(node=show(item, ground), cursor=at) for item, at in zip(page.items, cursors, strict=True)],
        page_info=PageInfo(
            has_next_page=page.more,
            has_previous_page=after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=page.total,
    )
