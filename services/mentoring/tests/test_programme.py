"""Programmes through the door: drafted, revised, published, seeded; or refused, and then nothing happened."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run, told
from commons_contracts.codes import ProgrammeState, RefusalCode, Role, Style
from commons_contracts.ids import ProgrammeId
from commons_contracts.mentoring import (
    Changes,
    DraftProgramme,
    DraftRevised,
    ProgrammeDrafted,
    ProgrammePublished,
    ProgrammesByIds,
    ProgrammesPage,
    ProgrammeTexts,
    PublishProgramme,
    Range,
    ReviseDraft,
    SeedProgramme,
)
from commons_contracts.profiles import ProjectOpened
from commons_mentoring import designs
from commons_mentoring.app import service

OCTOBER = date(2026, 10, 1)


async def draft(tx, **fields):
    return await run(service, DraftProgramme(**{"starts_on": OCTOBER} | fields), tx)


async def stored(tx, id):
    (view,) = (await run(service, ProgrammesByIds(ids=(id,)), tx)).items
    return view


async def test_a_draft_begins_from_the_newest_published_design(coordinator, seed):
    first = await seed()
    view = await draft(coordinator, changes=Changes(recruitment_lead_days=28))

    assert (view.version, view.state, view.missing) == (2, ProgrammeState.DRAFT, ())
    assert view.rules == first.rules.model_copy(update={"recruitment_lead_days": 28})
    assert view.texts == first.texts
    assert await stored(coordinator, view.id) == view
    assert told(coordinator)[-1] == ProgrammeDrafted(
        project=coordinator.project, at=coordinator.now, programme=view.id, version=2
    )


async def test_a_draft_may_begin_from_an_older_version(coordinator, seed):
    older = await seed()
    await seed("women-stem-up")

    assert (await draft(coordinator, based_on=older.id)).rules == older.rules
    assert (await draft(coordinator)).rules == designs.load("women-stem-up").rules


async def test_a_draft_is_no_design_to_start_from_unasked(coordinator, seed):
    published = await seed()
    await draft(coordinator, changes=Changes(recruitment_lead_days=1))

    assert (await draft(coordinator)).rules == published.rules


async def test_a_first_draft_needs_its_rules(coordinator):
    async with refused(coordinator, RefusalCode.PROGRAMME_INCOMPLETE, missing=("RULES",)):
        await draft(coordinator)

    view = await draft(coordinator, changes=Changes(rules=designs.load("women-stem-up").rules))
    assert view.version == 1
    assert view.missing[:4] == ("GOALS_TEXT", "MENTOR_BRIEF", "MENTEE_BRIEF", "FEEDBACK_PLAN")


async def test_a_base_of_another_project_is_as_unknown_as_none(coordinator, seed, open_project):
    theirs = await seed()
    await play(coordinator, project=new_id(), roles=(Role.COORDINATOR,))
    await open_project()

    for unknown in (theirs.id, ProgrammeId(new_id())):
        async with refused(coordinator, RefusalCode.NOT_FOUND):
            await draft(coordinator, based_on=unknown)
        async with refused(coordinator, RefusalCode.NOT_FOUND):
            await run(service, ReviseDraft(programme=unknown), coordinator)
        async with refused(coordinator, RefusalCode.NOT_FOUND):
            await run(service, PublishProgramme(programme=unknown), coordinator)


async def test_dates_are_reckoned_in_the_projects_zone(coordinator, seed):
    await seed()
    coordinator.now = datetime(2026, 9, 30, 22, tzinfo=UTC)  # midnight in Stockholm

    async with refused(coordinator, RefusalCode.PROGRAMME_DATES_INVALID, field="starts_on", earliest="2026-10-01"):
        await draft(coordinator, starts_on=date(2026, 9, 30))
    async with refused(coordinator, RefusalCode.PROGRAMME_DATES_INVALID, field="ends_on", earliest="2026-10-01"):
        await draft(coordinator, ends_on=date(2026, 9, 30))

    await hear(
        service, ProjectOpened(project=coordinator.project, at=coordinator.now, zone="Europe/London"), coordinator
    )
    assert (await draft(coordinator, starts_on=date(2026, 9, 30))).starts_on == date(2026, 9, 30)


async def test_a_project_that_was_not_heard_of_yet_can_be_asked_again(tx, open_project):
    await play(tx, roles=(Role.COORDINATOR,))
    rules = Changes(rules=designs.load("westem").rules)

    async with refused(tx, RefusalCode.BUSY, retry_after=1):
        await draft(tx, changes=rules)

    await open_project()
    assert (await draft(tx, changes=rules)).version == 1


async def test_choices_outside_the_frame_are_refused(coordinator, seed):
    guide = await seed("women-stem-up")

    def with_time(**time):
        return Changes(rules=guide.rules.model_copy(update={"time": guide.rules.time.model_copy(update=time)}))

    async with refused(coordinator, RefusalCode.EFFORT_EITHER_OR):
        await draft(coordinator, changes=with_time(total_hours=12))
    async with refused(coordinator, RefusalCode.SESSION_LENGTH_OUT_OF_RANGE, min=20, max=60):
        await draft(coordinator, changes=with_time(session_minutes=Range(least=20, most=90)))
    async with refused(coordinator, RefusalCode.DURATION_OUT_OF_RANGE, min=1, max=None):
        await draft(coordinator, changes=with_time(duration_months=Range(most=4)))

    view = await draft(coordinator, changes=with_time(total_hours=12, total_sessions=None))
    assert (view.rules.time.total_hours, view.rules.time.total_sessions) == (12, None)


async def test_the_guide_says_what_it_would_advise_against(coordinator, seed):
    guide = await seed("women-stem-up")
    short = guide.rules.time.model_copy(update={"duration_months": Range(least=1, most=2)})

    view = await draft(coordinator, changes=Changes(rules=guide.rules.model_copy(update={"time": short})))

    assert (guide.advice, view.advice) == ((), ("SHORT_DURATION",))
    assert set(view.texts.advice["SHORT_DURATION"]) == {"en", "sv"}


async def test_a_draft_is_revised_until_it_is_published(coordinator, seed):
    await seed()
    view = await draft(coordinator)

    styles = Changes(styles=(Style.FLASH,))
    revised = await run(service, ReviseDraft(programme=view.id, ends_on=date(2026, 12, 1), changes=styles), coordinator)
    assert (revised.starts_on, revised.ends_on, revised.rules.styles) == (OCTOBER, date(2026, 12, 1), (Style.FLASH,))
    assert await stored(coordinator, view.id) == revised
    assert told(coordinator)[-1] == DraftRevised(
        project=coordinator.project, at=coordinator.now, programme=view.id, version=2
    )

    published = await run(service, PublishProgramme(programme=view.id), coordinator)
    assert published == revised.model_copy(update={"state": ProgrammeState.PUBLISHED})
    assert await stored(coordinator, view.id) == published
    assert told(coordinator)[-1] == ProgrammePublished(
        project=coordinator.project,
        at=coordinator.now,
        programme=view.id,
        version=2,
        starts_on=OCTOBER,
        ends_on=date(2026, 12, 1),
        rules=revised.rules,
    )

    async with refused(coordinator, RefusalCode.PROGRAMME_VERSION_LOCKED, version=2):
        await run(service, ReviseDraft(programme=view.id, changes=styles), coordinator)
    async with refused(coordinator, RefusalCode.INVALID_TRANSITION):
        await run(service, PublishProgramme(programme=view.id), coordinator)


async def test_an_incomplete_draft_is_not_published(coordinator, seed):
    await seed("women-stem-up")
    view = await draft(coordinator, changes=Changes(texts=ProgrammeTexts(name={"en": "Ours"})))
    missing = ("GOALS_TEXT", "MENTOR_BRIEF", "MENTEE_BRIEF", "FEEDBACK_PLAN")

    assert view.missing == missing
    async with refused(coordinator, RefusalCode.PROGRAMME_INCOMPLETE, missing=missing):
        await run(service, PublishProgramme(programme=view.id), coordinator)

    said = {name: {"en": "Said."} for name in ("goals", "mentor_brief", "mentee_brief", "feedback_plan")}
    changes = Changes(texts=ProgrammeTexts(**said))
    assert (await run(service, ReviseDraft(programme=view.id, changes=changes), coordinator)).missing == ()
    assert (await run(service, PublishProgramme(programme=view.id), coordinator)).state == ProgrammeState.PUBLISHED


@pytest.mark.parametrize("role", [Role.MENTOR, Role.MENTEE, Role.FACILITATOR])
async def test_only_a_coordinator_designs(coordinator, role):
    view = await draft(coordinator, changes=Changes(rules=designs.load("westem").rules))
    await play(coordinator, roles=(role,))

    for command in (DraftProgramme(), ReviseDraft(programme=view.id), PublishProgramme(programme=view.id)):
        async with refused(coordinator, RefusalCode.ROLE_NOT_ALLOWED):
            await run(service, command, coordinator)


async def test_members_see_what_is_published_and_coordinators_the_drafts_too(coordinator, seed):
    published = await seed()
    unpublished = await draft(coordinator)
    both = ProgrammesByIds(ids=(published.id, unpublished.id, ProgrammeId(new_id())))

    assert (await run(service, ProgrammesPage(), coordinator)).items == (unpublished, published)
    assert (await run(service, both, coordinator)).items == (unpublished, published)

    await play(coordinator, roles=(Role.MENTEE,))
    assert (await run(service, ProgrammesPage(), coordinator)).items == (published,)
    assert (await run(service, both, coordinator)).items == (published,)

    await play(coordinator, project=new_id(), roles=(Role.COORDINATOR,))
    assert (await run(service, both, coordinator)).items == ()


async def test_programmes_come_newest_first_a_page_at_a_time(coordinator, seed):
    versions = [await seed(starts_on=date(2026, 10, day)) for day in (1, 2, 3)]

    page = await run(service, ProgrammesPage(first=2), coordinator)
    assert (page.items, page.more, page.total) == ((versions[2], versions[1]), True, 3)

    rest = await run(service, ProgrammesPage(first=2, after=page.cursors[-1]), coordinator)
    assert (rest.items, rest.more) == ((versions[0],), False)


async def test_a_seed_is_published_at_once_and_told(coordinator, seed):
    view = await seed()

    assert (view.version, view.state, view.starts_on) == (1, ProgrammeState.PUBLISHED, OCTOBER)
    assert await stored(coordinator, view.id) == view
    drafted, published = told(coordinator)[-2:]
    assert (type(drafted), type(published)) == (ProgrammeDrafted, ProgrammePublished)
    assert published.rules == designs.load("westem").rules


async def test_the_same_seed_again_changes_nothing(coordinator, seed):
    view = await seed()
    before = told(coordinator)

    coordinator.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert await seed() == view
    assert told(coordinator) == before

    assert (await seed(starts_on=date(2027, 2, 1))).version == 2


async def test_a_seed_keeps_every_rule(coordinator):
    await play(coordinator, operator=True)

    async with refused(coordinator, RefusalCode.NOT_FOUND):
        await run(service, SeedProgramme(design="no-such-design"), coordinator)
    async with refused(coordinator, RefusalCode.PROGRAMME_DATES_INVALID):
        await run(service, SeedProgramme(design="westem", starts_on=date(2026, 9, 9)), coordinator)
    async with refused(coordinator, RefusalCode.PROGRAMME_DATES_INVALID, field="starts_on"):
        await run(service, SeedProgramme(design="westem"), coordinator)
