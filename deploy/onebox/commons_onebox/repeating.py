"""Computing a match run again from what was kept of it, from the command line: the same way in as a coordinator's browser."""

from __future__ import annotations

import time
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer
from rich.console import Console
from rich.table import Table

from commons_onebox.importing import Desk, Unwelcome
from commons_onebox.terminal import refuse, running, say

PAUSE_SECONDS = 0.5
UNDER_WAY = {"QUEUED", "RUNNING"}
REPEAT = """mutation ($input: MatchRunInput!) { done: repeatMatchRun(input: $input) {
  ... on MatchRun { id } ... on Refused { code message } } }"""
VIEW = """query ($id: ID!) { node(id: $id) { ... on MatchRun {
  state failure seed mentors mentees places identity resultHash } } }"""
SHOWN = {
    "seed": "seed",
    "mentors": "mentors",
    "mentees": "mentees",
    "places": "places",
    "identity": "people, rules and seed (SHA-256)",
    "resultHash": "pairs and their points (SHA-256)",
}


def again(desk: Desk, run: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the run, what came of computing it again). Raises Unwelcome."""
    before = _look(desk, run)
    wish = {"run": run, "project": desk.project, "idempotencyKey": str(uuid4())}
    done = desk.ask(REPEAT, input=wish)["done"]
    if "code" in done:
        raise Unwelcome(f"{done['code']}: {done['message']}")
    while (found := _look(desk, done["id"]))["state"] in UNDER_WAY:
        time.sleep(PAUSE_SECONDS)
    return before, found


def _look(desk: Desk, run: str) -> dict[str, Any]:
    found: dict[str, Any] | None = desk.ask(VIEW, id=run)["node"]
    if not found:
        raise Unwelcome("There is no such run in this project.")
    return found


def table(before: dict[str, Any], after: dict[str, Any]) -> Table:
    """What both say, and whether it is the same: numbers and hashes, of nobody."""
    shown = Table("", "as it was", "computed again", "")
    for name, said in SHOWN.items():
        one, other = before[name], after[name]
        shown.add_row(said, *(_short(value) for value in (one, other)), "same" if one == other else "DIFFERENT")
    return shown


def _short(value: object) -> str:
    return "-" if value is None else str(value)[:16]


def repeat(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The id of a match run, as GraphQL shows it.")],
    project: Annotated[str, typer.Option(metavar="SLUG", help="For example westem.")],
    *,
    url: Annotated[str, typer.Option(help="A platform elsewhere; COMMONS_TOKEN is then a coordinator's token.")] = "",
    token: Annotated[str, typer.Option(envvar="COMMONS_TOKEN", show_default=False, help="A coordinator's token.")] = "",
) -> None:
    """Compute a match run again from what was kept of it: 0 where the same comes of it, 1 where it does not."""
    if not url:
        from commons_onebox.tokens import issue

        home, at = running()
        url, token = at.url, token or issue(home.issuer_key, f"COORDINATOR@{project}", hours=1)
    with httpx.Client(base_url=url, timeout=120) as http:
        try:
            before, after = again(Desk(http, token, project), run)
        except Unwelcome as no:
            refuse(str(no), code=1)
    Console().print(table(before, after))
    same = after["state"] == "REPEATED"
    say("The same came of it." if same else f"It is not the same: {after['failure'] or after['state']}.")
    raise typer.Exit(0 if same else 1)
