"""The grammar every message obeys: a class is a route, a base names the reply, an event names its aggregate."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from .codes import Conduct, Language, NoticeCode, RefusalCode, Role
from .ids import PersonId, ProjectId

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")


class Message(BaseModel):
    """Anything that travels: frozen, and deaf to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Class keywords are pydantic's to pass on; plain Python would refuse them here."""
        super().__init_subclass__()


class Entry(StrEnum):
    """What a caller must be before a handler is even asked. The chassis checks it."""

    ANYONE = "ANYONE"
    """Signed in or not."""
    ACCOUNT = "ACCOUNT"
    """Signed in."""
    MEMBER = "MEMBER"
    """An active member of the project the request is about."""
    STANDING = "STANDING"
    """A member who has accepted the community's code of conduct in force."""
    OPERATOR = "OPERATOR"
    """Runs the platform itself."""
    GATEWAY = "GATEWAY"
    """The gateway itself, which has to know who someone is before there is anybody to ask for."""


def _words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _route(cls: type) -> str:
    """commons_contracts.<owner>[.<part>].<Name> -> <owner>.<name>"""
    return f"{[*cls.__module__.split('.'), ''][1]}.{_words(cls.__name__)}"


class Request(Message, Generic[R]):
    """Asked of exactly one service, answered with R or refused.

    Class keywords: `entry`, what the caller must be; `roles`, of which she must hold one (empty: any); `audited`, for a query
    that shows something private: that it was asked is kept. (That a command was is kept in any case.)
    """

    subject: ClassVar[str]
    owner: ClassVar[str]
    reply: ClassVar[type[BaseModel]]
    entry: ClassVar[Entry] = Entry.MEMBER
    for_roles: ClassVar[frozenset[Role]] = frozenset()
    audited: ClassVar[bool] = False

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, entry: Entry | None = None, roles: tuple[Role, ...] = (), audited: bool = False, **kwargs: Any
    ) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if entry is not None:
            cls.entry = entry
        if roles:
            cls.for_roles = frozenset(roles)
        cls.audited = audited
        for base in cls.__bases__:
            args = getattr(base, "__pydantic_generic_metadata__", {}).get("args")
            if args and not isinstance(args[0], TypeVar):
                cls.reply, cls.subject, cls.owner = args[0], f"rpc.{_route(cls)}", _route(cls).split(".")[0]


class Command(Request[R], Generic[R]):
    """Changes something: sent with an idempotency key, run in one transaction."""

    entry: ClassVar[Entry] = Entry.STANDING


class Query(Request[R], Generic[R]):
    """Changes nothing: run in a read-only transaction."""


class Event(Message):
    """Something that happened. Carries ids, codes, numbers and dates, never a name, an address or a text someone wrote.

    Class keywords: `of`, the field that holds the aggregate's id; `about`, the fields that hold the persons concerned.
    """

    subject: ClassVar[str]
    owner: ClassVar[str]
    of: ClassVar[str]
    about: ClassVar[tuple[str, ...]] = ()

    project: ProjectId
    at: datetime

    @classmethod
    def __pydantic_init_subclass__(cls, *, of: str = "", about: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if of:
            cls.of = of
        if about:
            cls.about = about
        fact, _, version = _route(cls).rpartition("_v")
        cls.subject = f"evt.{fact}.v{version}" if fact and version.isdigit() else f"evt.{_route(cls)}.v1"
        cls.owner = _route(cls).split(".")[0]

    @property
    def aggregate(self) -> UUID:
        """The id of the thing that changed; its events are numbered without gaps."""
        found: UUID = getattr(self, type(self).of)
        return found

    @property
    def persons(self) -> tuple[PersonId, ...]:
        """Whom it is about: erasing one of them redacts the event."""
        return tuple(getattr(self, name) for name in type(self).about if getattr(self, name) is not None)


class Due(Message):
    """Something a service told itself to look at later, at a business time. Never leaves that service."""

    subject: ClassVar[str]
    owner: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.subject, cls.owner = f"due.{_route(cls)}", _route(cls).split(".")[0]


class Notice(Event):
    """Someone should be told: a code and an id, for `profiles`, which alone knows how to reach her."""

    person: PersonId
    code: NoticeCode
    subject_id: UUID | None = None
    number: int | None = None


class Actor(Message):
    """Who asks, and on whose ground. Travels in headers, never in a payload.

    `roles` and `conduct` are filled in by the service from its own copy of her membership, never taken from the wire.
    """

    person: PersonId | None = None
    project: ProjectId | None = None
    operator: bool = False
    language: Language = Language.EN
    roles: frozenset[Role] = frozenset()
    conduct: Mapping[Conduct, int] = {}


class Page(Message, Generic[T]):
    """A slice of a list in a stable order; `cursors[i]` names the place just behind `items[i]`."""

    items: tuple[T, ...]
    cursors: tuple[str, ...]
    more: bool
    total: int


class News(Message, Generic[T]):
    """What came since a cursor, and the cursor to ask with next; `more`: there is more already."""

    items: tuple[T, ...]
    cursor: str
    more: bool = False


class Done(Message):
    """A command with nothing to show but that it happened."""


class Refusal(Exception):
    """A no that the caller can act on: a stable code, and in `params` what would be allowed."""

    def __init__(self, code: RefusalCode, rule: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.rule, self.params = code, rule, params
