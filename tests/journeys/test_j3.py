"""Journey J3, from an offered slot to a mentorship that goes on: every rule of its steps, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from commons_onebox.demo import j3, prepare, stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running

from .conftest import compared, once, seed, undelivered, where
from .copies import copies
from .eyes import Eyes

WRITTEN = ("rätt jobb", "fråga om lönen", "Ring företaget", "Kan vi fortsätta")
"""From a question, an evaluation, a task and a request, as the people of J3 write them."""
SEALED = "fråga om lönen"
RULES = {
    "J3.1": {
        "TOPIC_REQUIRED": 2,
        "SESSION_LENGTH_OUT_OF_RANGE": 1,
        "SESSION_CONFLICT": 1,
        "SLOTS_OFFERED": 1,
        "SLOTS_FOUND": 1,
        "SIXTY_FOUR_AT_ONCE": 1,
        "SLOT_TAKEN": 1,
        "FLASH_OPENED": 1,
        "OWN_PLACES": 1,
        "MENTOR_TOLD": 1,
    },
    "J3.2": {"PHASE_NOT_IN_STYLE": 2, "THREE_PHASES": 1},
    "J3.3": {"FLASH_SINGLE_SESSION": 2, "GOAL_LIMIT_EXCEEDED": 1, "NO_AGREEMENT_NEEDED": 1},
    "J3.4": {
        "SESSION_NOT_HELD": 1,
        "HELD": 1,
        "FOLLOWED_UP": 1,
        "REMINDED": 1,
        "SESSION_EVALUATION_REQUIRED": 2,
        "ONLY_THAT_IT_IS_DONE": 1,
        "COMPLETED": 1,
        "RELATIONSHIP_CLOSED": 1,
    },
    "J3.5": {
        "SESSION_NOT_HELD": 1,
        "NOT_FOUND": 1,
        "MENTOR_UNAVAILABLE": 1,
        "CONTINUED": 1,
        "DUPLICATE_REQUEST": 1,
        "TRADITIONAL_OPENED": 1,
    },
    "J3": {"BOTH_CLOCKS": 1, "CALENDAR": 1, "CALENDAR_RENEWED": 1, "CALENDAR_ENDED": 1, "NOT_FOUND": 1},
}
"""How often each rule of each step is tried. A refusal also proves, by its own lines in SQL, that nothing was written."""


@pytest.fixture(scope="session")
def played_j3(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return once(tmp_path_factory, "j3", _play)


def _play(folder):
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        asyncio.run(prepare(home.issuer_key, house.url, "J3"))
        asyncio.run(seed(home))
        found = asyncio.run(_with_eyes(home, house.url))
    return {**found, "words": {word: where(word, folder) for word in WRITTEN}}


async def _with_eyes(home, url):
    judge = Judge("J3")
    async with Eyes.on(home) as eyes:
        async with stage_at(home.issuer_key, url, judge, j3.JOURNEY.project) as stage:
            stage.witnesses.append(eyes.look)
            await j3.JOURNEY.play(stage)
        return {
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
        }


@pytest.mark.parametrize(("step", "rule", "times"), [(s, r, n) for s, rules in RULES.items() for r, n in rules.items()])
def test_the_rule_holds(played_j3, step, rule, times):
    tried = [verdict for verdict in played_j3["verdicts"] if (verdict["step"], verdict["rule"]) == (step, rule)]
    assert [verdict["detail"] for verdict in tried if not verdict["passed"]] == []
    assert len(tried) == times


def test_nothing_else_was_tried(played_j3):
    tried = {(verdict["step"], verdict["rule"]) for verdict in played_j3["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES.items() for rule in rules}


@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(played_j3, name):
    found = played_j3["copies"][name]
    assert (found["missing"], found["surplus"]) == ([], [])


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(played_j3, service):
    assert played_j3["undelivered"][service] == 0


@pytest.mark.parametrize("word", WRITTEN)
def test_what_they_write_is_in_the_databases_alone(played_j3, word):
    """In no stream, no log, nowhere else on the disk; and what one writes for oneself nowhere in the clear."""
    assert played_j3["words"][word] == ([] if word == SEALED else ["postgres"])
