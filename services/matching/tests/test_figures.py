"""What whoever watches sees of the projects: counts, each project's own, and of all projects at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from commons_chassis.readings import read
from commons_contracts.codes import Cefr, Goal, Style
from commons_contracts.ids import ProjectId
from commons_contracts.profiles import Speaks
from commons_matching.figures import FIGURES

from .runs import proposed

TOLD = {"fields": ("0714",), "hours": 0b1111, "goals": (Goal.NETWORK,)}
SWEDISH, PERSIAN = (TOLD | {"languages": (Speaks(language=tongue, level=Cefr.C1),)} for tongue in ("sv", "fa"))


async def seen(tx):
    """(figure, labels but the project's) -> value, of the project at hand; and how many projects there are."""
    found, projects = {}, set()
    for figure in FIGURES:
        for sample in (await read(figure, tx)).samples:
            project, *rest = (sample.labels[name] for name in figure.labels)
            projects.add(project)
            if project == str(tx.project):
                found[figure.name, *rest] = sample.value
    return found, projects


async def test_open_requests_and_who_has_nobody_yet_are_counted(tx, recruitment):
    busy, other = await recruitment.mentor(places=2, flash=1), await recruitment.mentor()
    ada, eva, ida = [await recruitment.mentee() for _ in range(3)]
    await recruitment.ask(ada, busy)
    await recruitment.ask(eva, busy, style=Style.FLASH)
    await recruitment.accept(await recruitment.ask(ida, other))
    found, _ = await seen(tx)
    assert found["commons_open_requests", "TRADITIONAL"] == 1
    assert found["commons_open_requests", "FLASH"] == 1
    assert found["commons_unmatched_mentees",] == 2
    opens, closes = (found[f"commons_round_{edge}_timestamp_seconds",] for edge in ("opens", "closes"))
    assert datetime.fromtimestamp(opens, UTC).isoformat() == "2026-09-09T22:00:00+00:00"
    assert datetime.fromtimestamp(closes, UTC).isoformat() == "2026-09-30T22:00:00+00:00"


async def test_a_project_without_an_open_request_is_told_with_zero(tx, recruitment):
    await recruitment.mentor()
    assert (await seen(tx))[0]["commons_open_requests", "TRADITIONAL"] == 0


async def test_they_are_of_all_projects_though_no_row_of_another_is_seen(tx, recruitment, a_recruitment):
    await recruitment.mentor()
    first = tx.project
    tx.actor = tx.actor.model_copy(update={"project": ProjectId(recruitment.round)})
    await tx.enter(own=False)
    elsewhere = a_recruitment(tx)
    await elsewhere.open()
    await elsewhere.mentor()
    _, projects = await seen(tx)
    assert {str(first), str(tx.project)} <= projects
    assert await tx.value(sa.text("select count(distinct project) from places")) == 1


async def test_the_latest_run_is_timed_and_whom_it_left_is_counted_by_reason(tx, recruitment):
    await recruitment.mentor(**SWEDISH)
    for told in (SWEDISH, SWEDISH, PERSIAN):
        await recruitment.mentee(**told)
    assert not {key for key in (await seen(tx))[0] if key[0] in {"commons_round_seconds", "commons_unmatched"}}
    run = await proposed(recruitment)
    found, _ = await seen(tx)
    took = await tx.value(sa.text("select seconds from runs where id = :id"), id=run.id)
    assert found["commons_round_seconds",] == took > 0
    left = {key[1]: value for key, value in found.items() if key[0] == "commons_unmatched"}
    assert left == {"CAPACITY_EXHAUSTED": 1, "NO_COMMON_LANGUAGE": 1}
    await recruitment.mentee(**PERSIAN)
    tried = await proposed(recruitment, dry_run=True)
    await tx.db.execute(sa.text("update runs set since = since + interval '1 hour' where id = :id"), {"id": tried.id})
    assert (await seen(tx))[0] == found | {("commons_unmatched_mentees",): 4}, "what is tried out is no figure"


def test_no_label_says_who():
    assert {label for figure in FIGURES for label in figure.labels} == {"project", "style", "reason"}


COUNTERS = ["open_requests()", "current_rounds(timestamptz)", "latest_runs()", "unmatched_of_runs()"]


@pytest.mark.parametrize("name", COUNTERS)
async def test_nobody_else_may_call_what_counts_over_all_projects(tx, name):
    assert not await tx.value(
        sa.text("select has_function_privilege('public', :name, 'execute')").bindparams(name=name)
    )
