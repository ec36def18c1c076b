"""Journeys J2, J3, J5 and J6, one after the other on one platform: every rule of their steps, and what each leaves behind."""

from __future__ import annotations

import asyncio

import pytest

from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running

from .conftest import came_to, once, opened, seed, where
from .copies import copies
from .rules import CROWDS, RULES, SEALED, WRITTEN

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
MATCHED = "select id from matches where round in (select round from preferences)"
OF_LISTS = {"matched": MATCHED, "blocking": BLOCKING, "kept": KEPT, "answers": ANSWERS}
"""What is asked of matching's database once J5 is over."""


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What each of them came to."""
    return once(tmp_path_factory, "year", _play)


def _play(folder):
    found = {}
    with running(folder, environment={"COMMONS_ENV": "dev"}) as house:
        home = Home(folder)
        for name in RULES:
            opened(home, house.url, name)
            if not found:
                asyncio.run(seed(home, crowds=CROWDS))
            found[name] = asyncio.run(came_to(home, house.url, name, _lists if name == "J5" else None))
    words = where([word for words in WRITTEN.values() for word in words], folder)
    return {**found, "words": words}


async def _lists(_stage, eyes):
    return {name: sorted(await eyes.rows("matching", query)) for name, query in OF_LISTS.items()}


@pytest.mark.parametrize(
    ("journey", "step", "rule", "times"),
    [(j, s, r, n) for j, steps in RULES.items() for s, rules in steps.items() for r, n in rules.items()],
)
def test_the_rule_holds(year, journey, step, rule, times):
    tried = [one for one in year[journey]["verdicts"] if (one["step"], one["rule"]) == (step, rule)]
    assert [one["detail"] for one in tried if not one["passed"]] == []
    assert len(tried) == times


@pytest.mark.parametrize("journey", RULES)
def test_nothing_else_was_tried(year, journey):
    tried = {(one["step"], one["rule"]) for one in year[journey]["verdicts"]}
    assert tried == {(step, rule) for step, rules in RULES[journey].items() for rule in rules}


@pytest.mark.parametrize("journey", RULES)
@pytest.mark.parametrize("name", [copy.name for copy in copies()])
def test_a_copy_is_as_its_owner_has_it(year, journey, name):
    found = year[journey]["copies"][name]
    assert (found["missing"], found["surplus"]) == ([], [])


@pytest.mark.parametrize("journey", RULES)
@pytest.mark.parametrize("service", SERVICES)
def test_nothing_is_left_untold_waiting_or_dead(year, journey, service):
    assert year[journey]["undelivered"][service] == 0


@pytest.mark.parametrize("word", [word for words in WRITTEN.values() for word in words])
def test_what_people_write_is_in_the_databases_alone(year, word):
    """In no stream, no log, nowhere else on the disk; and what one writes for oneself nowhere in the clear."""
    assert year["words"][word] == ([] if word in SEALED else ["postgres"])


def test_no_two_would_rather_have_each_other(year):
    assert len(year["J5"]["matched"]) > 2
    assert year["J5"]["blocking"] == []


def test_a_list_is_kept_in_one_place(year):
    assert year["J5"]["answers"] != []
    assert year["J5"]["kept"] == []
