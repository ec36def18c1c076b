"""Journey J5, the matching half: every rule of its steps, and what it leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from commons_contracts.codes import Role
from commons_onebox.demo import j5, prepare, stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running

from .conftest import compared, once, seed, undelivered
from .copies import copies
from .eyes import Eyes

CROWDS = {Role.MENTOR: 8, Role.MENTEE: 10}
RULES = {
    "J5.2": {
        "INITIATOR_NOT_ALLOWED": 4,
        "SAID_BEFORE": 1,
        "NOT_REQUEST_RECIPIENT": 1,
        "MENTORS_CHOOSE": 1,
        "MENTEES_CHOOSE": 1,
    },
    "J5.4": {"TRAINING_REQUIRED": 3, "TRAINED": 1},
    "J5.5": {"INCOMPLETE": 1, "PROFILE_INCOMPLETE_FOR_MATCHING": 1, "OPT_IN": 1},
    "J5.7": {"ROLE_NOT_ALLOWED": 1, "SUPERVISION_CONFLICT": 1, "NOT_FOUND": 1, "TAKEN_BACK": 1},
    "J5.6": {
        "COMMITMENT_OUT_OF_RANGE": 2,
        "DUPLICATE_REQUEST": 1,
        "SELF_REQUEST": 1,
        "MENTOR_UNAVAILABLE": 1,
        "PREVIOUS_PAIR": 1,
        "ONE_LIST_WHOLE": 1,
        "A_LIST_IS_HERS_ALONE": 1,
        "REMINDED": 1,
        "OPEN_TO_THE_SECOND": 1,
        "PICKING_NOT_OPEN": 1,
        "PREFERENCES_CLOSED": 1,
        "STABLE": 1,
        "PUBLISHED": 1,
    },
    "J5.8": {
        "ASKED_AGAIN": 1,
        "NOTICE_NOT_ACKNOWLEDGED": 2,
        "NOTICE_IN_HER_LANGUAGE": 1,
        "ACKNOWLEDGED": 1,
        "LEFT_OUT": 1,
    },
}
"""How often each rule of each step is tried. A refusal also proves, by its own lines in SQL, that nothing was written."""
BLOCKING = """
    with pairs as (
        select hers.round, hers.person as mentee, hers.partner as mentor, hers.place as hers, theirs.place as theirs
        from preferences hers join preferences theirs on theirs.round = hers.round
            and theirs.person = hers.partner and theirs.partner = hers.person and theirs.role = 'MENTOR'
        where hers.role = 'MENTEE'
    ),
    got as (
        select pairs.*, (m.mentor is not null) as matched from pairs
        left join matches m on m.round = pairs.round and m.mentee = pairs.mentee and m.mentor = pairs.mentor
    )
    select a.mentor, a.mentee from got a join places on places.round = a.round and places.mentor = a.mentor
        and places.style = 'TRADITIONAL'
    where not a.matched
        and not exists (select from got b where b.mentee = a.mentee and b.matched and b.hers <= a.hers)
        and (used < most or exists (select from got b where b.mentor = a.mentor and b.matched and b.theirs > a.theirs))
"""
"""Two who stand on each other's lists, were not matched, and would both rather have been: written anew, over what is stored."""
KEPT = """
    select kept.place, kept.author from (
        select 'answered' as place, person::text as author, reply::text as said from answered
            where operation like '%submit_preferences%'
        union all select 'event_log', body ->> 'person', body::text from event_log where subject like '%preferences%'
    ) kept join preferences p on p.person::text = kept.author and kept.said like '%' || p.partner::text || '%'
"""
"""Where else than in its table a list is to be read: in what the service keeps of its answers, or in its facts."""
ANSWERS = "select key from answered where operation like '%submit_preferences%' and reply is not null"


@pytest.fixture(scope="session")
def played_j5(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return once(tmp_path_factory, "j5", _play)


def _play(folder):
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        asyncio.run(prepare(home.issuer_key, house.url, "J5"))
        asyncio.run(seed(home, only=j5.JOURNEY.project, crowds=CROWDS))
        return asyncio.run(_with_eyes(home, house.url))


async def _with_eyes(home, url):
    judge = Judge("J5")
    async with Eyes.on(home) as eyes:
        async with stage_at(home.issuer_key, url, judge, j5.JOURNEY.project) as stage:
            stage.witnesses.append(eyes.look)
            await j5.JOURNEY.play(stage)
        return {
            "verdicts": [verdict.as_json() for verdict in judge.verdicts],
            "copies": {copy.name: await compared(eyes, copy) for copy in copies()},
            "undelivered": {name: await undelivered(eyes, name) for name in SERVICES},
            "matched": len(await eyes.rows("matching", "select id from matches")),
            "kept": sorted(await eyes.rows("matching", KEPT)),
            "answers": len(await eyes.rows("matching", ANSWERS)),
            "blocking": sorted(await eyes.rows("matching", BLOCKING)),
        }


@pytest.mark.parametrize(("step", "rule", "times"), [(s, r, n) for s, rules in RULES.items() for r, n in rules.items()])
def test_the_rule_holds(played_j5, step, rule, times):
    tried = [verdict for verdict in played_j5["verdicts"] if (verdict["step"], verdict["rule"]) == (step, rule)]
    assert [verdict["detail"] for verdict in tried if not verdict["passed"]] == []
    assert len(tried) == times


def test_nothing_else_was_tried(played_j5):
    tried = {(verdict["step"], verdict["rule"]) for verdict in played_j5["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES.items() for rule in rules}


def test_no_two_would_rather_have_each_other(played_j5):
    assert played_j5["matched"] > 2
    assert played_j5["blocking"] == []


def test_a_list_is_kept_in_one_place(played_j5):
    assert played_j5["answers"] > 0
    assert played_j5["kept"] == []


@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(played_j5, name):
    found = played_j5["copies"][name]
    assert (found["missing"], found["surplus"]) == ([], [])


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(played_j5, service):
    assert played_j5["undelivered"][service] == 0
