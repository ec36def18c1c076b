"""Who keeps the score: one verdict a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a rule held. `rule` is a refusal's code, or a short name of what should hold; `skipped`: it was not tried."""

    journey: str
    step: str
    rule: str
    passed: bool
    detail: str
    skipped: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Judge:
    """Hears of each rule once it has been tried, and tells it on."""

    journey: str
    tell: Callable[[Verdict], None] = lambda _: None
    verdicts: list[Verdict] = field(default_factory=list)

    def says(self, step: str, rule: str, held: bool, detail: str) -> None:
        self._hears(Verdict(journey=self.journey, step=step, rule=rule, passed=held, detail=detail))

    def skips(self, step: str, rule: str, why: str) -> None:
        self._hears(Verdict(journey=self.journey, step=step, rule=rule, passed=True, detail=why, skipped=True))

    def _hears(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)
        self.tell(verdict)


def held(verdicts: Sequence[Verdict]) -> bool:
    """Whether every rule held; where none was tried, none did."""
    tried = [verdict for verdict in verdicts if not verdict.skipped]
    return bool(tried) and all(verdict.passed for verdict in tried)
