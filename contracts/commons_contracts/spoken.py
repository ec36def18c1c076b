"""Every message there is: what documents and tests are made from."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import commons_contracts

from .base import Due, Event, Message, Request

GRAMMAR = "commons_contracts.base"
"""What messages are made of; nothing in it is spoken itself."""


def modules() -> Iterator[str]:
    """The names of the modules that hold the contracts."""
    for found in pkgutil.walk_packages(commons_contracts.__path__, "commons_contracts."):
        yield found.name


def spoken() -> list[type[Message]]:
    """The classes that have a route: requests, events, deadlines. Each once, from where it is defined, by its subject."""
    found: dict[str, type[Message]] = {}
    for name in set(modules()) - {GRAMMAR}:
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if kind.__module__ != name or "[" in kind.__name__:
                continue
            if issubclass(kind, Request | Event | Due):
                found[kind.subject] = kind
    return [found[subject] for subject in sorted(found)]
