"""Every message there is: what documents and tests are made from."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import commons_contracts

from .base import Due, Event, Message, Notice, Request

_GRAMMAR = {Request, Event, Due, Notice}


def modules() -> Iterator[str]:
    """The names of the modules that hold the contracts."""
    for found in pkgutil.walk_packages(commons_contracts.__path__, "commons_contracts."):
        yield found.name


def spoken() -> list[type[Message]]:
    """The classes that have a route: requests, events, deadlines. Each once, from where it is defined, by its subject."""
    found: dict[str, type[Message]] = {}
    for name in modules():
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            routed = issubclass(kind, (Request, Event, Due)) and kind not in _GRAMMAR
            if routed and kind.__module__ == name and name != "commons_contracts.base" and "[" not in kind.__name__:
                found[kind.subject] = kind
    return [found[subject] for subject in sorted(found)]
