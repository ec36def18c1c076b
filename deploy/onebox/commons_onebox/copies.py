"""`commons backup` and `commons restore`: what they ask for, and what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commons_onebox.home import Home
from commons_onebox.manifest import Manifest
from commons_onebox.terminal import counted, explained, refuse, running, say

if TYPE_CHECKING:  # it knows psycopg, which takes long to import
    from commons_onebox.backup import Source

Folder = Annotated[Path, typer.Argument(help="Where the data is, for example /backups/monday.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", help="Where the keys are, if not beside it (/backups/monday-keys).")
]
NewKeys = Annotated[bool, typer.Option("--new-keys", help="Without the old keys: what they opened stays closed.")]
Replace = Annotated[bool, typer.Option("--replace", help="Move aside what is in the home.")]
Replay = Annotated[bool, typer.Option("--replay", help="Fill every copy again from the logs.")]
Drill = Annotated[bool, typer.Option("--drill", help="Only see whether it can be done; the home is not touched.")]


def backup(folder: Folder, keys: Keys = None) -> None:
    """Write a backup of a running platform, which goes on: the data to FOLDER, what opens it to a folder of its own."""
    there = _resolved(folder)
    opened_by = _keys_of(there, keys)
    with explained(), _told():
        source = _source()
        from commons_onebox.backup import backup as write

        with counted("Backing up (bytes)") as tell:
            written = write(source, there, opened_by, tell)
    size = sum(dump.file.bytes for dump in written.services.values())
    say(f"{_what(written)}, {size:,} bytes, in {there}.")
    say(f"Its keys are in {opened_by}. Keep the two in different places; a restore needs both.")
    if _in_a_stack():
        say("The volume of the secrets belongs to the keys: save it there too.")


def _in_a_stack() -> bool:
    from commons_onebox.environment import in_a_stack

    return in_a_stack()


def _source() -> Source:
    if _in_a_stack():
        from commons_onebox.refill import source

        return source()
    from commons_onebox.backup import Source

    home, _ = running()
    return Source.of_home(home)


def restore(
    folder: Folder,
    keys: Keys = None,
    *,
    new_keys: NewKeys = False,
    replace: Replace = False,
    replay: Replay = False,
    drill: Drill = False,
) -> None:
    """Make COMMONS_HOME what it was in a backup. `commons up` then serves it, and tells its logs to a new stream."""
    there = _resolved(folder)
    opened_by = None if new_keys else _keys_of(there, keys)
    if _in_a_stack():
        if replace or drill:
            refuse("In containers there is no home: --replace and --drill are for one machine.")
        _refill(there, opened_by, replay=replay)
        return
    from commons_onebox import restore as restoring

    with explained():
        if drill:
            say(f"{_what(restoring.drill(there, opened_by, say))}: it can be restored.")
            return
        home = Home.of_environment()
        found = restoring.restore(home, there, opened_by, replace=replace, replay=replay, say=say)
        say(f"{_what(found)}, are in {home.folder}. `commons up` serves them.")


def _refill(folder: Path, keys: Path | None, *, replay: bool) -> None:
    from commons_onebox.refill import refill

    with explained(), _told():
        found = refill(folder, keys, replay=replay, say=say)
    say(f"{_what(found)}, are on the server. The deploy step comes next.")


@contextmanager
def _told() -> Iterator[None]:
    """What the environment did not say, and a server that is not there, as a sentence."""
    import psycopg

    from commons_chassis.settings import SettingError

    try:
        yield
    except SettingError as lacking:
        refuse(str(lacking), code=1)
    except psycopg.OperationalError as away:
        refuse(f"The database server cannot be asked: {away}".strip(), code=1)


def _what(found: Manifest) -> str:
    facts = sum(dump.facts for dump in found.services.values())
    return f"All databases as of {found.moment:%Y-%m-%d %H:%M:%S} UTC, with {facts:,} facts"


def _resolved(folder: Path) -> Path:
    return folder.expanduser().resolve()


def _keys_of(folder: Path, keys: Path | None) -> Path:
    return _resolved(keys) if keys else folder.with_name(f"{folder.name}-keys")
