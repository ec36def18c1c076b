"""Journey J6, a match run in the recruitment rush: every rule of its steps, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from commons_contracts.codes import Role
from commons_onebox.demo import j6, prepare, stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running

from .conftest import compared, once, seed, undelivered, where
from .copies import copies
from .eyes import Eyes

CROWDS = {Role.MENTOR: 22, Role.MENTEE: 26}
WRITTEN = "känner varandra från kören"
"""From a coordinator's reason."""
RULES = {
    "J6.1": {
        "MATCH_POOL_EMPTY": 1,
        "ROLE_NOT_ALLOWED": 1,
        "PROGRAMME_VERSION_LOCKED": 1,
        "MATCH_RUN_IN_PROGRESS": 1,
        "INVALID_TRANSITION": 1,
    },
    "J6.2": {"FOLLOWED": 1, "SAME_AGAIN": 1, "RUN_AGAIN": 1},
    "J6.4": {
        "SUMS": 1,
        "WEIGHTS": 1,
        "EVIDENCE": 1,
        "IN_HER_LANGUAGE": 1,
        "LANGUAGE_MISMATCH": 1,
        "MODALITY_MISMATCH": 1,
        "MENTOR_UNAVAILABLE": 1,
        "CAPACITY_USED": 1,
    },
    "J6.5": {
        "NO_COMMON_LANGUAGE": 1,
        "NO_MODALITY_OVERLAP": 1,
        "ALL_BLOCKED": 1,
        "NOT_ACKNOWLEDGED": 1,
        "PROFILE_INCOMPLETE": 1,
        "CAPACITY_EXHAUSTED": 1,
        "SMALLEST_CHANGE": 1,
    },
    "J6.6": {
        "REASON_REQUIRED": 1,
        "LANGUAGE_MISMATCH": 1,
        "RULE_NOT_OVERRIDABLE": 1,
        "MENTOR_AT_CAPACITY": 1,
        "NOT_FOUND": 1,
        "OVERRIDDEN": 1,
        "REMEMBERED": 1,
        "FOR_COORDINATORS": 1,
    },
    "J6.7": {
        "MATCH_SNAPSHOT_STALE": 1,
        "CHANGED": 1,
        "RERUN": 1,
        "PUBLISHED": 1,
        "WITHDRAWN_MATCHED_ELSEWHERE": 1,
        "INVALID_TRANSITION": 1,
    },
    "J6.8": {"RATES": 1, "SUPPRESSED": 1, "COHORT_TOO_SMALL": 1, "COMPARED": 1},
    "J6": {"NOT_FOUND": 1},
}
"""How often each rule of each step is tried. A refusal also proves, by its own lines in SQL, that nothing was written."""


@pytest.fixture(scope="session")
def played_j6(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return once(tmp_path_factory, "j6", _play)


def _play(folder):
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        asyncio.run(prepare(home.issuer_key, house.url, "J6"))
        asyncio.run(seed(home, only="westem", crowds={}))
        asyncio.run(seed(home, only=j6.JOURNEY.project, crowds=CROWDS))
        found = asyncio.run(_with_eyes(home, house.url))
    return {**found, "where": where(WRITTEN, folder)}


async def _with_eyes(home, url):
    judge = Judge("J6")
    async with Eyes.on(home) as eyes:
        async with stage_at(home.issuer_key, url, judge, j6.JOURNEY.project) as stage:
            stage.witnesses.append(eyes.look)
            await j6.JOURNEY.play(stage)
        return {
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
        }


@pytest.mark.parametrize(("step", "rule", "times"), [(s, r, n) for s, rules in RULES.items() for r, n in rules.items()])
def test_the_rule_holds(played_j6, step, rule, times):
    tried = [verdict for verdict in played_j6["verdicts"] if (verdict["step"], verdict["rule"]) == (step, rule)]
    assert [verdict["detail"] for verdict in tried if not verdict["passed"]] == []
    assert len(tried) == times


def test_nothing_else_was_tried(played_j6):
    tried = {(verdict["step"], verdict["rule"]) for verdict in played_j6["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES.items() for rule in rules}


@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(played_j6, name):
    found = played_j6["copies"][name]
    assert (found["missing"], found["surplus"]) == ([], [])


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(played_j6, service):
    assert played_j6["undelivered"][service] == 0


def test_what_a_coordinator_writes_is_in_the_databases_alone(played_j6):
    assert played_j6["where"] == ["postgres"]
