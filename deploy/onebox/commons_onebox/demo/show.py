"""What someone sees who runs the demo: lines for people, or one JSON object a rule for programs."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.status import Status

from ..seed.filling import Tell
from .judge import Verdict


class View(Protocol):
    """Hears of everything as it happens."""

    def starting(self) -> None: ...
    @contextmanager
    def seeding(self) -> Iterator[Tell]: ...
    def scene(self, step: str, title: str) -> None: ...
    def verdict(self, verdict: Verdict) -> None: ...
    def score(self, verdicts: list[Verdict]) -> None: ...
    def serving(self, url: str, folder: str, tokens: Mapping[str, str], note: str) -> None: ...


class JsonView:
    """Nothing but verdicts on stdout."""

    def starting(self) -> None:
        """Not said."""

    @contextmanager
    def seeding(self) -> Iterator[Tell]:
        yield lambda _what, _count: None

    def scene(self, step: str, title: str) -> None:
        """Not said."""

    def verdict(self, verdict: Verdict) -> None:
        print(json.dumps(verdict.as_json(), ensure_ascii=False), flush=True)

    def score(self, verdicts: list[Verdict]) -> None:
        """Not said."""

    def serving(self, url: str, folder: str, tokens: Mapping[str, str], note: str) -> None:
        print(f"{url}/graphql serves {folder}, {len(tokens)} roles", note, sep="\n", file=sys.stderr, flush=True)


class TerminalView:
    """Steps and their rules, one under the other, and what is going on meanwhile."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._status = Status("", console=self._console)
        self._began = time.monotonic()
        self._step = ""

    def starting(self) -> None:
        self._status.start()
        self._status.update("Starting PostgreSQL, NATS, five services and the gateway")

    @contextmanager
    def seeding(self) -> Iterator[Tell]:
        began, counts = time.monotonic(), Counter[str]()
        self._console.print(f"The platform is up [dim]after {began - self._began:.0f} s[/]")

        def tell(what: str, count: int) -> None:
            counts[what] += count
            self._status.update(f"Seeding: {_listed(counts)}")

        yield tell
        seconds = f"[dim]in {time.monotonic() - began:.0f} s[/]"
        self._console.print(f"Seeded {_listed(counts)} {seconds}", soft_wrap=True)

    def scene(self, step: str, title: str) -> None:
        heading = "Throughout" if step == "J1" else step
        self._console.print(Rule(f"[bold]{heading}[/]  {escape(title)}", align="left", style="dim"))
        self._status.update(f"Playing {step}: {escape(title)}")

    def verdict(self, verdict: Verdict) -> None:
        mark = "[yellow]SKIP[/]" if verdict.skipped else "[green]PASS[/]" if verdict.passed else "[bold red]FAIL[/]"
        self._console.print(f"{mark}  {verdict.rule:<28} [dim]{escape(verdict.detail)}[/]", soft_wrap=True)

    def score(self, verdicts: list[Verdict]) -> None:
        self._status.stop()
        failed = [verdict for verdict in verdicts if not verdict.passed]
        self._console.print(Rule(style="dim"))
        for verdict in failed:
            self._console.print(
                f"[bold red]FAIL[/]  {verdict.step} {verdict.rule}: {escape(verdict.detail)}", soft_wrap=True
            )
        tried = [verdict for verdict in verdicts if not verdict.skipped]
        held = f"{len(tried) - len(failed)} of {len(tried)} rules held"
        if skipped := len(verdicts) - len(tried):
            held += f", {skipped} skipped"
        self._console.print(f"[bold]{held}[/] [dim]after {time.monotonic() - self._began:.0f} s in all[/]")

    def serving(self, url: str, folder: str, tokens: Mapping[str, str], note: str) -> None:
        out = self._console
        out.print(Rule("[bold]The platform keeps serving[/]", align="left", style="dim"))
        out.print(f"GraphQL    {url}/graphql   [dim](POST, and graphql-transport-ws)[/]")
        out.print(f"Schema     {url}/graphql/schema.graphql")
        out.print(f"Data, logs {folder}")
        for role, token in tokens.items():
            out.print(f"\n[bold]{role}[/]\n{token}", soft_wrap=True)
        out.print("", note, sep="\n", soft_wrap=True)
        out.print("Send a token as `Authorization: Bearer ...`. Ctrl-C stops everything.")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items()) or "projects"
