"""What the commands have in common: how they speak, refuse, show progress, and find the platform that runs."""

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console

from commons_onebox.home import Home, HomeError, Run
from commons_onebox.supervisor import TaskFailed


def refuse(sentence: str, code: int = 2) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(code)


def say(line: str) -> None:
    # The terminal may be gone; that is no reason to leave processes behind.
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123


def running() -> tuple[Home, Run]:
    """The home of COMMONS_HOME and who runs on it; refused where nobody does."""
    home = Home.of_environment()
    with explained():
        run = home.run
    if run is None or not run.alive():
        refuse(f"The platform does not run on {home.folder}. Start it with `make up`, or set COMMONS_HOME.")
    return home, run


def repairable() -> Home:
    """The home of the platform that runs; beside a platform in containers there is none, and none is asked for."""
    from commons_onebox.environment import in_a_stack

    return Home.of_environment() if in_a_stack() else running()[0]


@contextmanager
def explained() -> Iterator[None]:
    """What went wrong, as a sentence and an exit code instead of a traceback."""
    try:
        yield
    except HomeError as refused:
        refuse(str(refused))
    except TaskFailed as failed:
        refuse(str(failed), code=1)


@contextmanager
def counted(doing: str) -> Iterator[Callable[[str, int], None]]:
    """What has been brought so far, on the way: told of what, and how many more."""
    counts = Counter[str]()
    with Console(stderr=True).status(doing) as line:

        def tell(what: str, count: int) -> None:
            counts[what] += count
            line.update(f"{doing}: " + ", ".join(f"{many:,} {thing}" for thing, many in counts.items()))

        yield tell
