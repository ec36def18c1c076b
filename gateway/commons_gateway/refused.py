"""A no is an answer: a code to act on, a sentence in the viewer's language, and what would be allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from commons_contracts.base import Command, Refusal
from commons_contracts.codes import RefusalCode

from .context import Context, Ground, Info
from .fields import given, said, shape, wish
from .relay import global_id
from .scalars import Params
from .sentences import Catalogue

R = TypeVar("R", bound=BaseModel)
T = TypeVar("T")

KINDS = {
    "connection": "ConnectionRequest",
    "mentee": "Person",
    "mentor": "Person",
    "next_slot": "FlashSlot",
    "person": "Person",
    "programme": "Programme",
    "round": "Round",
    "run": "MatchRun",
}
"""Of what kind the ids among the parameters are, by their names."""


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
    """Parameters as a browser knows them: names and ids in its way of writing, and nothing but JSON."""
    return {_camel(name): _plain(name, value) for name, value in params.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return shown_params(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(name, item) for item in value]
    if name in KINDS and value is not None:
        return global_id(KINDS[name], value)
    if name == "field" and isinstance(value, str):
        return _camel(value)
    return value.isoformat() if isinstance(value, date) else value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name.removesuffix("_"))
