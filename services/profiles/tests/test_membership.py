"""Joining, being given roles, pausing, being there; and what each project sees of it."""

from datetime import timedelta

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play, refused, run, told
from commons_contracts.codes import ActiveBand, Audience, PauseCause, RefusalCode, Role
from commons_contracts.ids import membership_of, project_of
from commons_contracts.matching import MentorFellSilent
from commons_contracts.profiles import (
    GrantRole,
    JoinProject,
    MembershipBegan,
    MembersPage,
    MentoringPaused,
    MentoringResumed,
    NoteActivity,
    OpenProject,
    OwnProfile,
    PauseMentoring,
    PeopleByIds,
    ProjectOpened,
    ProjectsByIds,
    ResumeMentoring,
    RolesGranted,
    Viewer,
)
from commons_profiles.app import service
from commons_profiles.tables import memberships


async def test_a_project_is_opened_once(tx):
    await play(tx, operator=True)
    wanted = OpenProject(slug="westem", name="WESTEM", zone="Europe/Stockholm", languages=("sv", "en"))

    view = await run(service, wanted, tx)
    again = await run(service, wanted.model_copy(update={"name": "Another"}), tx)

    assert view == again
    assert (view.id, view.name, view.languages) == (project_of("westem"), "WESTEM", ("sv", "en"))
    assert told(tx) == [ProjectOpened(project=view.id, at=tx.now, zone="Europe/Stockholm")]
    found = await run(service, ProjectsByIds(ids=(view.id, new_id()), slugs=("westem", "nowhere")), tx)
    assert found.items == (view,)


async def test_a_project_in_no_zone_is_refused(tx):
    await play(tx, operator=True)

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, OpenProject(slug="x-y", name="X", zone="Europe/Atlantis", languages=()), tx)


async def test_joining_is_told_with_roles_and_age(tx, westem, register):
    person = await register()

    view = await run(service, JoinProject(roles=(Role.MENTEE,), audience=Audience.STUDENT), tx)

    id = membership_of(person, westem)
    assert (view.id, view.person, view.project, view.roles) == (id, person, westem, (Role.MENTEE,))
    assert (view.conduct, view.paused) == ((), False)
    assert told(tx)[-1] == MembershipBegan(
        project=westem, at=tx.now, membership=id, person=person, roles=(Role.MENTEE,), adult=True
    )
    assert (await run(service, Viewer(), tx)).memberships == (view,)


async def test_joining_again_adds_roles_to_the_same_membership(tx, join):
    await join(Role.MENTEE)
    before = len(told(tx))

    view = await run(service, JoinProject(roles=(Role.MENTOR,)), tx)
    again = await run(service, JoinProject(roles=(Role.MENTOR,)), tx)

    assert view == again
    assert view.roles == (Role.MENTEE, Role.MENTOR)
    (fact,) = told(tx)[before:]
    assert (type(fact), fact.roles) == (RolesGranted, (Role.MENTEE, Role.MENTOR))


async def test_a_role_that_must_be_granted_is_refused(tx, westem, register):
    await register()

    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED, roles=list(Role)[:8]):
        await run(service, JoinProject(roles=(Role.COORDINATOR,)), tx)


async def test_a_project_that_is_not_there_cannot_be_joined(tx, westem, register, act):
    person = await register()
    await act(person, project=new_id())

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, JoinProject(roles=(Role.MENTEE,)), tx)


async def test_joining_needs_an_account(tx, westem, act):
    await act(new_id())

    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, JoinProject(roles=(Role.MENTEE,)), tx)


async def test_an_operator_grants_a_role_and_with_it_a_membership(tx, westem, register):
    person = await register()
    await play(tx, operator=True)

    first = await run(service, GrantRole(person=person, role=Role.COORDINATOR), tx)
    second = await run(service, GrantRole(person=person, role=Role.SAFEGUARDING_LEAD), tx)

    assert first.roles == (Role.COORDINATOR,)
    assert second.roles == (Role.COORDINATOR, Role.SAFEGUARDING_LEAD)
    assert [type(fact) for fact in told(tx)[-2:]] == [MembershipBegan, RolesGranted]


async def test_nothing_can_be_granted_to_nobody(tx, westem):
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, GrantRole(person=new_id(), role=Role.COORDINATOR), tx)


async def test_one_account_has_a_membership_and_a_profile_in_each_project(tx, join, open_project, act):
    person = await join(Role.MENTOR)
    other = await open_project("stem-nord", "Europe/Oslo")
    await act(person)
    await run(service, JoinProject(roles=(Role.COMPANY,)), tx)

    seen = {m.project: m.roles for m in (await run(service, Viewer(), tx)).memberships}

    assert seen == {project_of("westem"): (Role.MENTOR,), other.id: (Role.COMPANY,)}


async def test_another_projects_member_is_not_there(tx, join, open_project, act):
    ada = await join(Role.MENTOR)
    other = await open_project("stem-nord")
    eve = new_id()
    await play(tx, person=eve, project=other.id)

    assert (await run(service, PeopleByIds(ids=(ada, new_id())), tx)).items == ()
    assert await tx.rows(memberships.select()) == []


async def test_even_her_own_other_membership_does_not_show_her_here(tx, join, open_project):
    ada = await join(Role.MENTOR)
    other = await open_project("stem-nord")
    await play(tx, person=ada, project=other.id)

    assert (await run(service, PeopleByIds(ids=(ada,)), tx)).items == ()


async def test_a_pause_and_its_end_are_told_once(tx, join):
    person = await join(Role.MENTOR)
    before = len(told(tx))

    assert (await run(service, PauseMentoring(), tx)).paused
    assert (await run(service, PauseMentoring(), tx)).paused
    assert (await run(service, OwnProfile(), tx)).paused
    assert not (await run(service, ResumeMentoring(), tx)).paused
    assert not (await run(service, ResumeMentoring(), tx)).paused

    facts = told(tx)[before:]
    assert [type(fact) for fact in facts] == [MentoringPaused, MentoringResumed]
    assert (facts[0].person, facts[0].cause) == (person, PauseCause.OWN_WISH)


async def test_a_mentor_who_fell_silent_is_paused_until_she_comes_back(tx, join, westem):
    person = await join(Role.MENTOR)
    silent = MentorFellSilent(project=westem, at=tx.now, mentor=person, expired=2)
    await hear(service, silent, tx)
    await hear(service, silent, tx)
    assert (await run(service, Viewer(), tx)).memberships[0].paused

    tx.now += timedelta(hours=1)
    assert not (await run(service, ResumeMentoring(), tx)).paused
    await hear(service, silent, tx)

    assert not (await run(service, OwnProfile(), tx)).paused
    paused = [fact for fact in told(tx) if isinstance(fact, MentoringPaused)]
    assert [(fact.person, fact.cause) for fact in paused] == [(person, PauseCause.UNANSWERED_REQUESTS)]


async def test_silence_of_nobody_we_know_changes_nothing(tx, westem):
    before = len(told(tx))

    await hear(service, MentorFellSilent(project=westem, at=tx.now, mentor=new_id(), expired=2), tx)

    assert len(told(tx)) == before


async def test_being_there_is_kept_to_the_day_and_shown_as_a_band(tx, join, coordinate, act):
    ada = await join(Role.MENTOR)
    tx.now += timedelta(days=40)
    coordinator = await coordinate()
    bands = {p.id: p.active for p in (await run(service, MembersPage(), tx)).items}
    assert bands == {ada: ActiveBand.THIS_QUARTER, coordinator: ActiveBand.THIS_WEEK}

    await act(ada)
    await run(service, NoteActivity(), tx)
    tx.now -= timedelta(days=3)
    await run(service, NoteActivity(), tx)

    (kept,) = await tx.rows(memberships.select().where(memberships.c.person == ada))
    assert kept["active_on"] == (tx.now + timedelta(days=3)).date()


async def test_only_a_member_was_there(tx, westem, register):
    await register()

    async with refused(tx, RefusalCode.NOT_A_MEMBER):
        await run(service, NoteActivity(), tx)


async def test_members_are_listed_for_coordinators_by_role(tx, join, coordinate):
    mentors = [await join(Role.MENTOR, name=f"Mentor {n}") for n in range(3)]
    await join(Role.MENTEE)
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, MembersPage(), tx)
    await coordinate()

    first = await run(service, MembersPage(role=Role.MENTOR, first=2), tx)
    rest = await run(service, MembersPage(role=Role.MENTOR, first=2, after=first.cursors[-1]), tx)

    assert (len(first.items), first.more, first.total) == (2, True, 3)
    assert (len(rest.items), rest.more) == (1, False)
    assert {p.id for p in (*first.items, *rest.items)} == set(mentors)
    assert (await run(service, MembersPage(), tx)).total == 5
