"""The `commons` command: start the platform, look at it, and repair what it could not do alone."""

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from commons_onebox import config, copies, deploying, importing, repeating
from commons_onebox.environment import is_development
from commons_onebox.home import DEFAULT_PORT, SERVICES, Home
from commons_onebox.house import House
from commons_onebox.keys import BROKER_USERS
from commons_onebox.terminal import counted, explained, refuse, repairable, running, say

LAST_PORT = 65535
LONGEST_HOURS = 24 * 366
KEY = typer.Option(metavar="FILE", help="The key of the development issuer of a platform elsewhere.")

app = typer.Typer(
    help="STEM Commons on this machine. COMMONS_HOME is its folder (./.commons), COMMONS_PORT its port (8080).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

dlq = typer.Typer(help="Facts that a service could not digest.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(dlq, name="dlq")
app.add_typer(deploying.app, name="deploy")
app.add_typer(config.app, name="config")
app.command()(copies.backup)
app.command()(copies.restore)
app.command("import")(importing.bring)
app.command()(repeating.repeat)


def _port() -> int:
    given = os.environ.get("COMMONS_PORT") or str(DEFAULT_PORT)
    if not given.isdecimal() or int(given) > LAST_PORT:
        refuse(f"COMMONS_PORT is {given!r}, and should be a number from 1 to {LAST_PORT}.")
    return int(given)


@app.command()
def up() -> None:
    """Serve until Ctrl-C on the data under COMMONS_HOME."""
    home = Home.of_environment()
    house = House(home, _port(), say)

    def when_ready() -> None:
        say(f"STEM Commons serves {house.url}/graphql; its data and logs are in {home.folder}; Ctrl-C stops it.")
        say(f"GraphiQL with a tab for each task, and the events: {house.url}/")
        if is_development():
            say(f"Letters that were sent: {house.url}/letters")
        if not home.seeded.exists():
            say("Nobody is there yet: `make seed` brings four projects, and people for each role.")
        say("A token to try it with: commons token --as MENTEE@westem")

    from commons_onebox.pages import built_beside

    with explained(), built_beside():
        house.run(when_ready)


@app.command()
def seed(
    broker: Annotated[
        str, typer.Option(metavar="URL", help="Of a platform elsewhere, as who COMMONS_NATS_SEED is.")
    ] = "",
    journey: Annotated[str, typer.Option(help="Set its clock to the day on which this journey's people come.")] = "",
) -> None:
    """Fill a running platform, once: four projects with their designs, places, universities, and made-up people."""
    if bool(journey) > bool(broker):
        refuse("--journey goes with --broker: `commons demo` does both on a platform of its own.")
    if broker:
        _seed_elsewhere(broker, journey)
        return
    home, _ = running()
    from commons_onebox.seed import fill_home

    with explained(), counted("Seeding") as tell:
        filled = fill_home(home, tell)
    say(f"{home.folder} {'is filled now' if filled else 'was filled before'}. Try: commons token --as MENTEE@westem")


def _seed_elsewhere(broker: str, journey: str) -> None:
    from commons_chassis.settings import PlatformSettings
    from commons_onebox.seed import fill_elsewhere

    play = import_module("commons_onebox.demo")
    with explained():
        at = play.JOURNEYS[play.known([journey])[0]].seeded_at if journey else None
        with counted("Seeding") as tell:
            fill_elsewhere(broker, PlatformSettings().nats_seed, tell, at=at)
    say(f"The platform at {broker} is filled.")


@app.command()
def migrate() -> None:
    """Bring the databases under COMMONS_HOME up to date, without serving (`up` does it as well)."""
    home = Home.of_environment()
    with explained():
        House(home, 0, say).migrate()
    say(f"The databases of {home.folder} are up to date.")


@app.command()
def migration(service: str, text: str) -> None:
    """Write the next migration of SERVICE, called TEXT, from what its tables have and its migrations lack."""
    if service not in SERVICES:
        refuse(f"There is no service {service!r}; there are {', '.join(SERVICES)}.")
    from commons_onebox.migration import write

    write(service, text)


@app.command()
def status() -> None:
    """Show processes, broker, consumers, lag, and the oldest unpublished event."""
    home, run = running()
    from commons_onebox.status import show

    show(home, run, Console())


@app.command()
def rotate(user: str) -> None:
    """Give USER of the broker (a service, gateway, deploy or operator) another key; who has the old one starts again."""
    home, known = Home.of_environment(), (*SERVICES, *BROKER_USERS)
    if user not in known:
        refuse(f"The broker has no user {user!r}; there are {', '.join(known)}.")
    from commons_onebox.children import rotate as change

    with explained():
        change(home, user)


@app.command()
def roll() -> None:
    """Replace every process of ours by a fresh one, one after the other, while the platform serves; nothing fails of it."""
    home, run = running()
    from commons_onebox.rolling import ask

    with explained():
        ask(home, run, say)


@app.command()
def scale(service: str, count: int) -> None:
    """Have COUNT processes of SERVICE, such as `scale matching 4` in a recruitment rush; they share its requests and its work."""
    home, run = running()
    from commons_onebox.scaling import ask

    with explained():
        ask(home, run, service, count, say)


@app.command()
def replay() -> None:
    """Rebuild the stream and every copy from the logs: of a platform that rests, told when it starts again."""
    with explained():
        House(Home.of_environment(), 0, say).replay()


Letters = Annotated[list[str] | None, typer.Argument(help="As `commons dlq list` names them.")]


@dlq.command("list")
def list_letters() -> None:
    """Show the facts that a service could not digest."""
    home = repairable()
    from commons_onebox.repairs import show_letters

    show_letters(home, Console())


@dlq.command()
def redrive(letters: Letters = None) -> None:
    """Try dead letters again, all of them if none is named; what waited behind them follows."""
    home = repairable()
    from commons_onebox.repairs import redrive as again

    failed = 0
    with explained():
        for name, digested in again(home, letters or []):
            print(f"{name}: {'done' if digested else 'still cannot be digested'}")
            failed += not digested
    raise typer.Exit(1 if failed else 0)


@dlq.command()
def drop(letters: Annotated[list[str], typer.Argument(help="As `commons dlq list` names them.")]) -> None:
    """Give dead letters up: what comes later of the same thing is applied without them."""
    home = repairable()
    from commons_onebox.repairs import drop as give_up

    with explained():
        for name in give_up(home, letters):
            print(f"{name}: dropped")


@app.command()
def token(
    who: Annotated[str, typer.Option("--as", metavar="ROLE@PROJECT", help="For example MENTEE@westem.")],
    hours: Annotated[float, typer.Option(help="How long it is valid.")] = 12,
    key: Annotated[Path | None, KEY] = None,
) -> None:
    """Print a token of the development issuer: the gateway takes it for ROLE in PROJECT, or OPERATOR@PROJECT."""
    from commons_onebox.tokens import NoSuchRole, issue

    home = Home.of_environment()
    if not 0 < hours <= LONGEST_HOURS:
        refuse(f"A token is valid for more than 0 and at most {LONGEST_HOURS} hours.")
    if not (key or home.issuer_key).exists():
        refuse(f"There is no platform in {home.folder} yet. Start it once with `make up`, or set COMMONS_HOME.")
    try:
        print(issue(key or home.issuer_key, who, hours=hours))
    except NoSuchRole as wrong:
        refuse(str(wrong))


@app.command()
def mail(count: Annotated[int, typer.Option(help="How many, the newest last.")] = 1) -> None:
    """Show the newest letters that the platform wrote: in development they go nowhere else."""
    from commons_gateway.post.sent import names, read

    home = Home.of_environment()
    letters = names(home.letters)[-max(count, 1) :]
    if not letters:
        refuse(f"No letter was written on {home.folder} yet. Ask for one at /auth/login.", code=1)
    for name in letters:
        letter = read(home.letters, name)
        print(f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.plain}")


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the journeys: 0 only if every rule passed.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print nothing but one JSON object a rule.")] = False,
    against: Annotated[str, typer.Option(metavar="URL", help="A platform that runs elsewhere, seeded for it.")] = "",
    key: Annotated[Path | None, KEY] = None,
    journeys: Annotated[list[str] | None, typer.Argument(help="For example: J1. All of them if none is named.")] = None,
) -> None:
    """Play the journeys on a platform of its own, show every rule, and keep serving until Ctrl-C."""
    play = import_module("commons_onebox.demo")
    if bool(against) != bool(key):
        refuse("--against and --key go together: where the platform is, and the key of its development issuer.")

    with explained():
        if key:
            raise typer.Exit(play.main_against(against.rstrip("/"), key, json, journeys or []))
        raise typer.Exit(play.main(once, json, journeys or []))
