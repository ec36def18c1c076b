"""Dead letters and replay, on the databases of a home: what is wanted goes to the chassis, which knows how."""

import asyncio
import fcntl
from collections.abc import Coroutine, Iterator
from importlib import import_module
from typing import Any

from rich.console import Console
from rich.table import Table

from commons_chassis.connect import DEPLOY
from commons_chassis.service import Service
from commons_chassis.settings import ServiceSettings
from commons_onebox import tools
from commons_onebox.environment import settings_of
from commons_onebox.home import SERVICES, Home, HomeError

STAND_UP_SECONDS = 60.0


def name_of(service: str, letter: tools.Letter) -> str:
    """What a letter is called on the command line: who could not take it, whose it is, of what, its number."""
    return f"{service}/{letter['owner']}/{letter['aggregate']}/{letter['seq']}"


def letters(home: Home) -> dict[str, tuple[str, tools.Letter]]:
    """Every dead letter by its name, with the service that could not digest it, oldest first in each."""
    return dict(asyncio.run(_letters(home)))


async def _letters(home: Home) -> list[tuple[str, tuple[str, tools.Letter]]]:
    found = []
    for service in SERVICES:
        for row in await tools.dead_letters(_service(service), settings_of(home, service)):
            letter = dict(row)
            found.append((name_of(service, letter), (service, letter)))
    return found


def show_letters(home: Home, console: Console) -> None:
    """Print them as a table; no name means that there is none."""
    table = Table(title="Dead letters", title_justify="left")
    for column in ("letter", "fact", "error", "since"):
        table.add_column(column, overflow="fold")
    for name, (_, letter) in letters(home).items():
        table.add_row(name, letter["subject"], letter["error"], f"{letter['since']:%Y-%m-%d %H:%M:%S}")
    console.print(table if table.row_count else "There are no dead letters.")


def redrive(home: Home, names: list[str]) -> Iterator[tuple[str, bool]]:
    """Try these again, or all; for each, whether it could be digested. Raises HomeError before anything is tried."""
    for name, (service, letter) in _named(home, names).items():
        yield name, asyncio.run(tools.redrive(_service(service), settings_of(home, service), letter))


def drop(home: Home, names: list[str]) -> Iterator[str]:
    """Give these up; later facts of the same thing are applied without them. Raises HomeError before that."""
    for name, (service, letter) in _named(home, names).items():
        asyncio.run(_drop(home, service, letter))
        yield name


async def _drop(home: Home, service: str, letter: tools.Letter) -> None:
    owner = letter["owner"]
    told = await tools.was_told(_service(owner), settings_of(home, owner), letter)
    await tools.drop(_service(service), settings_of(home, service), letter, told=told)


def _named(home: Home, names: list[str]) -> dict[str, tuple[str, tools.Letter]]:
    known = letters(home)
    for name in names:
        if name not in known:
            raise HomeError(f"There is no dead letter {name!r}. `commons dlq list` shows those there are.")
    return {name: known[name] for name in names or known}


def replay(home: Home) -> None:
    """Queue every logged fact to be told again into an empty stream and empty copies. Services must be at rest."""
    queued = asyncio.run(tools.replay(home.broker.url, _everyone(home), home.seed(DEPLOY)))
    print(f"{queued} facts will be told again when the platform starts.")


def forget_what_was_heard(home: Home) -> None:
    """Empty every copy: a stream that is filled from the logs fills them again."""
    for service, settings in _everyone(home):
        asyncio.run(tools.forget_what_was_heard(service, settings))


def stand_up(home: Home) -> None:
    """The stream and the consumers, where they are missing; from one process at a time, whoever finds them gone."""
    with (home.folder / "streams.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        queued = asyncio.run(_in_time(tools.stand_up(home.broker.url, _everyone(home), home.seed(DEPLOY))))
    if queued:
        print(f"The stream was not there, or lacked facts: {queued} logged facts are told again.")


async def _in_time(standing: Coroutine[Any, Any, int]) -> int:
    async with asyncio.timeout(STAND_UP_SECONDS):
        return await standing


def _everyone(home: Home) -> list[tuple[Service, ServiceSettings]]:
    return [(_service(name), settings_of(home, name)) for name in SERVICES]


def _service(name: str) -> Service:
    found: Service = import_module(f"commons_{name}.app").service
    return found
