"""`commons backup` and `commons restore`: what they ask for, and what they say."""

from pathlib import Path
from typing import Annotated

import typer

from commons_onebox.home import Home
from commons_onebox.manifest import Manifest
from commons_onebox.terminal import counted, explained, running, say

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
    home, _ = running()
    from commons_onebox.backup import backup as write

    there = _resolved(folder)
    with explained(), counted("Backing up (bytes)") as tell:
        written = write(home, there, _keys_of(there, keys), tell)
    size = sum(dump.file.bytes for dump in written.services.values())
    say(f"{_what(written)}, {size:,} bytes, in {there}.")
    say(f"Its keys are in {_keys_of(there, keys)}. Keep the two in different places; a restore needs both.")


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
    from commons_onebox import restore as restoring

    there = _resolved(folder)
    opened_by = None if new_keys else _keys_of(there, keys)
    with explained():
        if drill:
            say(f"{_what(restoring.drill(there, opened_by, say))}: it can be restored.")
            return
        home = Home.of_environment()
        found = restoring.restore(home, there, opened_by, replace=replace, replay=replay, say=say)
        say(f"{_what(found)}, are in {home.folder}. `commons up` serves them.")


def _what(found: Manifest) -> str:
    facts = sum(dump.facts for dump in found.services.values())
    return f"All databases as of {found.moment:%Y-%m-%d %H:%M:%S} UTC, with {facts:,} facts"


def _resolved(folder: Path) -> Path:
    return folder.expanduser().resolve()


def _keys_of(folder: Path, keys: Path | None) -> Path:
    return _resolved(keys) if keys else folder.with_name(f"{folder.name}-keys")
