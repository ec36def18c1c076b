"""Every message there is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import commons_contracts
from commons_contracts.base import Due, Event, Message, Notice, Request


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(commons_contracts.__path__, "commons_contracts."):
        yield found.name


def spoken() -> list[type[Message]]:
    """The classes that have a route: requests, events, deadlines. Each once, from where it is defined."""
    found = {}
    for name in modules():
        for _, kind in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            routed = issubclass(kind, (Request, Event, Due)) and kind not in {Request, Event, Due, Notice}
            if routed and kind.__module__ == name and name != "commons_contracts.base" and "[" not in kind.__name__:
                found[kind.subject] = kind
    return [found[subject] for subject in sorted(found)]


@pytest.fixture(scope="session")
def messages() -> list[type[Message]]:
    return spoken()
