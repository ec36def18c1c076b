"""Handing in a table of participants from the command line: the same way in as a browser's, and nothing beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer

from commons_onebox.terminal import refuse, running, say

PAUSE_SECONDS, PATIENCE_SECONDS = 0.5, 1800.0
BUSY = {"READING", "IMPORTING", "UNDOING"}
PROBLEMS = 200
TRIES = 30
VIEW = """query ($id: ID!) { node(id: $id) { ... on Sheet {
  id state message lacking rowCount new updates skipped wrong registered stayed done doneOf options { encoding separator } } } }"""
ROWS = """query ($id: ID!, $after: String) { node(id: $id) { ... on Sheet { rows(noted: true, first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } nodes { number outcome problems { column field message allowed row } } } } } }"""
CONFIRM = """mutation ($input: ConfirmSheetInput!) { done: confirmSheet(input: $input) {
  ... on Sheet { id } ... on Refused { code message params } } }"""


class Unwelcome(Exception):
    """What the platform had to say against it."""


@dataclass(frozen=True)
class Desk:
    """One coordinator's way in. `told`: called with the table each time it was looked at."""

    http: httpx.Client
    token: str
    project: str
    told: Callable[[dict[str, Any]], None] = lambda _: None

    def hand_in(self, content: bytes, **options: str) -> dict[str, Any]:
        """The table once it was looked through; nobody has come in yet."""
        told = {"project": self.project, **{name: value for name, value in options.items() if value}}
        headers = {"Content-Type": "text/csv", "Authorization": f"Bearer {self.token}"}
        reply = self.http.post("/sheets", params=told, content=content, headers=headers).json()
        if "sheet" not in reply:
            raise Unwelcome((reply.get("refused") or reply["errors"][0])["message"])
        return self.at_rest(reply["sheet"])

    def confirm(self, sheet: str, *, without_wrong: bool = False) -> dict[str, Any]:
        """The table once its people were taken over by profiles; matching hears of them meanwhile."""
        wish = {"sheet": sheet, "withoutWrong": without_wrong, "project": self.project, "idempotencyKey": str(uuid4())}
        done = self.ask(CONFIRM, input=wish)["done"]
        if "code" in done:
            raise Unwelcome(done["message"])
        return self.at_rest(sheet)

    def registered(self, sheet: str, count: int) -> dict[str, Any]:
        """The table once so many of its people take part in the round."""
        return self._until(sheet, lambda found: found["registered"] >= count)

    def at_rest(self, sheet: str) -> dict[str, Any]:
        return self._until(sheet, lambda found: found["state"] not in BUSY)

    def problems(self, sheet: str) -> list[dict[str, Any]]:
        """Rows of which there is something to say, two hundred at most."""
        found: list[dict[str, Any]] = []
        after = None
        while len(found) < PROBLEMS:
            page = self.ask(ROWS, id=sheet, after=after)["node"]["rows"]
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        return found

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """What is answered. A platform that has much to do is asked again; a key makes that safe where something changes."""
        headers = {"Commons-Project": self.project, "Authorization": f"Bearer {self.token}"}
        for left in reversed(range(TRIES)):
            reply = self.http.post("/graphql", json={"query": document, "variables": variables}, headers=headers).json()
            if not reply.get("errors"):
                data: dict[str, Any] = reply["data"]
                return data
            if not left or not reply["errors"][0]["extensions"].get("retryable"):
                break
            time.sleep(PAUSE_SECONDS * 4)
        raise Unwelcome(reply["errors"][0]["message"])

    def _until(self, sheet: str, enough: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            found: dict[str, Any] | None = self.ask(VIEW, id=sheet)["node"]
            if found is None:
                raise Unwelcome("The table is not there any more.")
            self.told(found)
            if enough(found):
                return found
            if time.monotonic() > end:
                raise Unwelcome(f"It is still {found['state']} after {PATIENCE_SECONDS:.0f} seconds.")
            time.sleep(PAUSE_SECONDS)


def bring(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A spreadsheet saved as CSV.")],
    project: Annotated[str, typer.Option(metavar="SLUG", help="For example westem.")],
    *,
    role: Annotated[str, typer.Option(help="Of rows that say none: mentor, mentee ...")] = "",
    country: Annotated[str, typer.Option(help="Of rows that say none, for example SE.")] = "",
    round: Annotated[str, typer.Option(metavar="ID", help="The round that they take part in.")] = "",
    url: Annotated[str, typer.Option(help="A platform elsewhere; COMMONS_TOKEN is then a coordinator's token.")] = "",
    token: Annotated[str, typer.Option(envvar="COMMONS_TOKEN", show_default=False, help="A coordinator's token.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look it through, and bring nobody in.")] = False,
    without_wrong: Annotated[bool, typer.Option("--without-wrong", help="Leave out rows that are wrong.")] = False,
) -> None:
    """Bring the people of a spreadsheet into a project, as a coordinator does."""
    if not url:
        from commons_onebox.tokens import issue

        home, run = running()
        url, token = run.url, token or issue(home.issuer_key, f"COORDINATOR@{project}", hours=1)
    with httpx.Client(base_url=url, timeout=120) as http:
        desk = Desk(http, token, project)
        try:
            sheet = desk.hand_in(file.read_bytes(), role=role.upper(), country=country.upper(), round=round)
            _show(sheet, desk)
            if dry_run or sheet["state"] != "READ":
                raise typer.Exit(0 if sheet["state"] == "READ" and not (sheet["wrong"] or sheet["lacking"]) else 1)
            done = desk.confirm(sheet["id"], without_wrong=without_wrong)
        except Unwelcome as no:
            refuse(str(no), code=1)
    if done["state"] != "IMPORTED":
        refuse("Something has changed meanwhile; nobody came in. Look it through once more.", code=1)
    say(f"{done['new']} came in and are invited, {done['updates']} were members and got what they had not.")


def _show(sheet: dict[str, Any], desk: Desk) -> None:
    if sheet["state"] != "READ":
        say(sheet["message"] or sheet["state"])
        return
    say(f"{sheet['rowCount']} rows: {sheet['new']} new, {sheet['updates']} members, {sheet['wrong']} to mend.")
    if sheet["lacking"]:
        say(f"Not said of everyone: {', '.join(sheet['lacking'])}.")
    for row in desk.problems(sheet["id"]):
        for problem in row["problems"]:
            where = f", column {problem['column'] + 1}" if problem["column"] is not None else ""
            allowed = f" ({', '.join(problem['allowed'][:12])})" if problem["allowed"] else ""
            say(f"row {row['number']}{where}: {problem['message']}{allowed}")
