"""What every answer must look like, whatever was asked; and what was asked so far."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

import httpx

from commons_contracts.codes import FaultCode

from .cases import ROOTS, Case

CODES = {code.value for code in FaultCode}
RESTING = {FaultCode.UNAVAILABLE.value, FaultCode.DEADLINE_EXCEEDED.value}
INSIDES = re.compile(
    r"Traceback|File \\?\"|\.py\b|site-packages|sqlalchemy|asyncpg|psycopg|pydantic|strawberry|starlette|commons_\w|"
    r"nats[.:]//|postgres|rpc\.\w+\.|SELECT .* FROM|0x[0-9a-f]{8}|errors\.pydantic\.dev|Exception|\w+Error\b"
)
"""What only we call so. Nothing that is asked has such words in it, so that none can come back as an echo."""
MEDIA = {"application/json", "application/graphql-response+json"}
SLOW_SECONDS = 6.0
MOST_EXAMPLES, SHOWN = 3, 2_000


@dataclass
class Judge:
    """Counts what came back, and keeps the shortest examples of what must not."""

    asked: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    executed: int = 0
    answered: set[str] = field(default_factory=set)
    """Fields of the roots that have brought something."""
    complaints: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)

    def look(self, case: Case, caller: str, answer: httpx.Response) -> None:
        self.asked += 1
        self.statuses[answer.status_code] += 1
        self.callers[caller] += 1
        self.kinds[case.kind] += 1
        for complaint in self._wrong(answer):
            self._keep(complaint, case, caller, answer.text[:SHOWN])

    def silent(self, case: Case, caller: str, wrong: httpx.TransportError) -> None:
        """There was no answer at all."""
        self.asked += 1
        self._keep(f"no answer: {type(wrong).__name__}", case, caller, "")

    def _wrong(self, answer: httpx.Response) -> list[str]:
        found = []
        if answer.status_code >= 500:
            found.append(f"status {answer.status_code}")
        if INSIDES.search(answer.text):
            found.append(f"insides: {INSIDES.search(answer.text)[0]}")
        if not answer.headers.get("x-request-id"):
            found.append("no request id")
        if answer.elapsed.total_seconds() > SLOW_SECONDS:
            found.append("slow")
        if answer.headers.get("content-type", "").partition(";")[0] not in MEDIA:
            return [*found, f"media type {answer.headers.get('content-type')}"]
        try:
            said = json.loads(answer.content)
        except ValueError:
            return [*found, "no JSON"]
        return found + self._wrong_within(said)

    def _wrong_within(self, said: object) -> list[str]:
        if not isinstance(said, dict) or not said.keys() <= {"data", "errors", "extensions"}:
            return ["no answer of GraphQL"]
        errors = said.get("errors", [])
        brought = {name for name, value in (said.get("data") or {}).items() if value is not None}
        self.answered |= brought
        self.executed += bool(brought)
        if not isinstance(errors, list) or ("errors" in said and not errors) or (not errors and "data" not in said):
            return ["neither data nor errors"]
        if errors and "data" not in said and any("path" in error for error in errors):
            return ["a path without data"]
        return [wrong for error in errors if (wrong := self._wrong_error(error))]

    def _wrong_error(self, error: object) -> str:
        if not isinstance(error, dict) or not isinstance(error.get("message"), str) or not error["message"]:
            return "an error without a message"
        extensions = error.get("extensions") or {}
        code = extensions.get("code")
        self.codes[str(code)] += 1
        if code not in CODES:
            return f"code {code}"
        if not extensions.get("requestId") or not isinstance(extensions.get("retryable"), bool):
            return "an error without its request id"
        if code == FaultCode.INTERNAL:
            return "INTERNAL at " + ".".join("*" if isinstance(step, int) else step for step in error.get("path") or ())
        return f"{code} at {error.get('path')}" if code in RESTING else ""

    def _keep(self, complaint: str, case: Case, caller: str, answer: str) -> None:
        kept = self.complaints.setdefault(complaint, [])
        kept.append((caller, repr(case), answer))
        kept.sort(key=lambda example: len(example[1]))
        del kept[MOST_EXAMPLES:]

    def figures(self) -> str:
        rows = {
            "asked": self.asked,
            "roots that brought nothing": sorted({name for _, name in ROOTS} - self.answered),
            "executed": self.executed,
            "statuses": dict(sorted(self.statuses.items())),
            "codes": dict(self.codes.most_common()),
            "callers": dict(self.callers),
            "kinds": dict(self.kinds),
        }
        return "\n".join(f"  {name}: {value}" for name, value in rows.items())

    def verdict(self) -> str:
        """What was wrong, with examples; empty when nothing was."""
        return "\n\n".join(
            f"{complaint}\n" + "\n".join(f"  as {who}: {case}\n    -> {answer}" for who, case, answer in examples)
            for complaint, examples in sorted(self.complaints.items())
        )
