"""How a running platform is: its processes, its broker, who is behind, and what waits to be published."""

from dataclasses import dataclass

import psycopg
from rich.console import Console
from rich.table import Table

from commons_onebox import procs
from commons_onebox.home import SERVICES, Home, Run
from commons_onebox.web import answers, ask_json

MEGABYTE = 1_000_000
WAITING = """
    SELECT count(*), extract(epoch FROM now() - min(since))::float, (SELECT count(*) FROM dead_letters) FROM outbox
"""


@dataclass(frozen=True)
class Process:
    name: str
    pid: int
    seconds: float | None
    memory: int


@dataclass(frozen=True)
class Consumer:
    """What one service has still to hear from one owner: `pending` not delivered, `unacked` in its hands."""

    name: str
    pending: int
    unacked: int
    redelivered: int


@dataclass(frozen=True)
class Outbox:
    """What a service has committed and not published, and what it could not understand; None: no answer."""

    service: str
    ready: bool
    waiting: int | None = None
    oldest: float | None = None
    dead_letters: int | None = None


def processes(run: Run) -> list[Process]:
    """Everyone whom the supervisor runs; memory counts what they started, each page once."""
    named = set(run.processes.values())
    return [_process(name, pid, named) for name, pid in run.processes.items()]


def _process(name: str, pid: int, named: set[int]) -> Process:
    found = procs.seen(pid)
    if found is None:
        return Process(name, pid, None, 0)
    others = named - {pid}
    own = procs.tree(pid, without=others)
    return Process(name, pid, procs.age(found), procs.pss(own))


def consumers(home: Home) -> list[Consumer]:
    """Every durable consumer of the broker, by name; none when it does not answer."""
    page = ask_json(f"{home.broker.monitor_url}/jsz?consumers=true&streams=true") or {}
    found = [
        Consumer(each["name"], each["num_pending"], each["num_ack_pending"], each["num_redelivered"])
        for account in page.get("account_details", ())
        for stream in account.get("stream_detail", ())
        for each in stream.get("consumer_detail") or ()
    ]
    return sorted(found, key=lambda each: each.name)


def outbox(home: Home, service: str) -> Outbox:
    """What waits in a service's outbox, asked as its engine role."""
    ready = answers(f"http://127.0.0.1:{home.ports[service]}/readyz")
    try:
        with psycopg.connect(home.dsn(service, "engine"), connect_timeout=2) as connection:
            row = connection.execute(WAITING).fetchone()
    except psycopg.Error:
        row = None
    return Outbox(service, ready, *(row or (None, None, None)))


def show(home: Home, run: Run, console: Console) -> None:
    """Print all of it as tables."""
    console.print(f"[bold]{run.url}/graphql[/]  {home.folder}" + ("" if run.ready else "  [yellow]still starting[/]"))
    console.print(_process_table(run))
    console.print(_service_table(home))
    console.print(_consumer_table(home))


def _process_table(run: Run) -> Table:
    found = processes(run)
    table = Table(title="Processes", title_justify="left", show_footer=True)
    table.add_column("name", footer="together")
    table.add_column("pid", justify="right")
    table.add_column("for", justify="right")
    table.add_column("memory (PSS)", justify="right", footer=_megabytes(sum(each.memory for each in found)))
    for each in found:
        table.add_row(each.name, str(each.pid), _seconds(each.seconds, "[red]ended[/]"), _megabytes(each.memory))
    return table


def _service_table(home: Home) -> Table:
    table = Table(title="Services", title_justify="left")
    table.add_column("service")
    table.add_column("ready")
    for name in ("unpublished", "oldest unpublished", "dead letters"):
        table.add_column(name, justify="right")
    for service in SERVICES:
        found = outbox(home, service)
        ready = "[green]yes[/]" if found.ready else "[red]no[/]"
        table.add_row(service, ready, _number(found.waiting), _seconds(found.oldest, "-"), _number(found.dead_letters))
    return table


def _consumer_table(home: Home) -> Table:
    broker = ask_json(f"{home.broker.monitor_url}/varz")
    title = "Broker [red]does not answer[/]"
    if broker is not None:
        title = f"Broker: NATS {broker['version']}, {broker['connections']} connections, for {broker['uptime']}"
    table = Table(title=title, title_justify="left")
    table.add_column("consumer")
    for name in ("lag", "in hand", "redelivered"):
        table.add_column(name, justify="right")
    for each in consumers(home):
        table.add_row(each.name, str(each.pending), str(each.unacked), str(each.redelivered))
    return table


def _number(value: int | None) -> str:
    return "[red]no answer[/]" if value is None else str(value)


def _seconds(value: float | None, nothing: str) -> str:
    return nothing if value is None else f"{value:,.1f} s"


def _megabytes(value: int) -> str:
    return f"{value / MEGABYTE:,.0f} MB"
