"""`commons deploy`: what comes before the services of a platform in containers."""

import sys
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from commons_onebox.terminal import refuse

app = typer.Typer(help="Before the services of a platform in containers.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def secrets(
    folder: Path,
    postgres: Annotated[str, typer.Option(metavar="HOST:PORT", help="The database server.")] = "postgres:5432",
    rotate: Annotated[
        list[str] | None, typer.Option(metavar="USER", help="Another key for a user of the broker.")
    ] = None,
) -> None:
    """Make the passwords and keys that are missing in FOLDER, for each process those it is told; and the broker's list."""
    from commons_chassis.settings import PlatformSettings
    from commons_onebox.installation import Secrets

    made = Secrets(folder, development=PlatformSettings().env == "dev")
    known = {user.name for user in made.users}
    if unknown := set(rotate or ()) - known:
        refuse(f"The broker has no user {min(unknown)!r}; there are {', '.join(sorted(known))}.")
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    made.make(postgres)
    for user in rotate or ():
        made.rotate(user)


@app.command()
def run() -> None:
    """Make or bring up to date databases, roles, tables, streams and consumers."""
    from commons_chassis.connect import Denied
    from commons_chassis.settings import SettingError
    from commons_onebox.installation import run as all_of_it

    try:
        told = all_of_it()
    except (SettingError, Denied) as no:
        refuse(str(no), code=1)
    except psycopg.OperationalError as away:
        refuse(f"The database server cannot be asked: {away}".strip(), code=1)
    print(f"All stands; {told} facts are told again.", file=sys.stderr)
