"""A no is an answer: a code to act on, a sentence in the viewer's language, and what would be allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from commons_contracts.base import Command, Refusal
from commons_contracts.codes import RefusalCode

from .context import Context, Ground, Info
from .fields import given, said, shape, wish
from .scalars import Params
from .sentences import Catalogue

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")


@shape
class Refused:
    """The request was understood and not granted. Nothing has changed."""

    code: RefusalCode = said("What kind of no it is; stable, for programs.")
    message: str = said("The same for people, in the viewer's language: what it is about, and what she can do.")
    params: Params = said("What would be allowed, when, or what is missing.")


@wish
class Wish:
    """What every change takes."""

    project: str | None = given(
        "Slug of the project this is about; without it the one of the header `Commons-Project`, else the token's.",
        default=None,
    )
    idempotency_key: str | None = given(
        "A key of your own making. The same key with the same input changes something once, and is answered alike.",
        default=None,
    )


async def refused(no: Refusal, context: Context) -> Refused:
    """The refusal as it is shown."""
    params = shown_params(no.params)
    message = Catalogue.of(await context.language()).sentence(no.code, params)
    return Refused(code=no.code, message=message, params=Params(params))


async def done(info: Info, input: Wish, command: Command[R], show: Callable[[R, Ground], T]) -> T | Refused:
    """Put the command to its service; what it answers is shown, and so is its no."""
    ground = info.context.ground(input.project)
    try:
        return show(await ground.command(command, input.idempotency_key), ground)
    except Refusal as no:
        return await refused(no, info.context)


def shown_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as a browser knows them: names in its way of writing, and nothing but JSON."""
    return {_camel(name): _plain(value) for name, value in params.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return shown_params(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value) if isinstance(value, UUID) else value.isoformat()


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name.removesuffix("_"))
