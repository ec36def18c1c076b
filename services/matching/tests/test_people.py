"""Everyone of a round, as the engine is given them."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa

from commons_chassis.ids import new_id
from commons_chassis.testing import hear, play
from commons_contracts.codes import Cefr, PauseCause, Role, Style
from commons_contracts.ids import PLATFORM
from commons_contracts.mentoring import EntryRules
from commons_contracts.profiles import MembershipEnded, MentoringPaused, PersonBlocked, Speaks
from commons_matching.app import service
from commons_matching.rules.engine.people import Apart, Bar
from commons_matching.tables.people import apart_of, people_among, people_of
from commons_matching.tables.round import find_round

TELLS = {"fields": ("0714",), "languages": (Speaks(language="sv", level=Cefr.C1),)}


async def everyone(recruitment):
    return await people_of(recruitment.tx, await find_round(recruitment.tx, recruitment.round))


async def block(recruitment, by, person):
    await hear(
        service,
        PersonBlocked(project=PLATFORM, at=recruitment.tx.now, block=new_id(), by=by, person=person),
        recruitment.tx,
    )


async def test_mentors_come_with_their_free_places_and_mentees_without_a_mentor(recruitment):
    mentor, mentee = await recruitment.mentor(**TELLS, places=3, flash=2), await recruitment.mentee(**TELLS)
    matched = await recruitment.mentee()
    await recruitment.accept(await recruitment.ask(matched, mentor))

    people = await everyone(recruitment)
    assert [(p.person, p.places, p.fields, p.ready, p.minor) for p in people.mentors] == [
        (mentor, 2, ("0714",), True, False)
    ]
    assert [(p.person, p.ready) for p in people.mentees] == [(mentee, True)]


async def test_who_is_not_introduced_has_paused_or_has_left_is_not_ready(recruitment):
    silent = await recruitment.mentor(introduced=False)
    paused = await recruitment.mentor(**TELLS)
    await recruitment.of_member(MentoringPaused, paused, cause=PauseCause.OWN_WISH)
    gone = await recruitment.mentee(**TELLS)
    await recruitment.of_member(MembershipEnded, gone)

    people = await everyone(recruitment)
    assert {p.person: p.ready for p in people.mentors} == {silent: False, paused: False}
    assert [(p.person, p.ready, p.minor) for p in people.mentees] == [(gone, False, True)]


async def test_of_whom_nothing_is_known_is_taken_for_young_and_not_ready(recruitment):
    mentee = await recruitment.mentee(**TELLS)
    standings = service.metadata.tables["standings"]
    await recruitment.tx.run(sa.delete(standings).where(standings.c.person == mentee))

    assert [(p.ready, p.minor) for p in (await everyone(recruitment)).mentees] == [(False, True)]


@pytest.mark.parametrize("minors", [True, False])
async def test_the_young_are_minors_and_take_part_where_the_programme_is_for_them(recruitment, minors):
    await recruitment.open(entry=EntryRules(minors=minors))
    mentee = await recruitment.mentee(**TELLS)
    await play(recruitment.tx, person=mentee, roles=(Role.MENTEE,), adult=False)

    assert [(p.ready, p.minor) for p in (await everyone(recruitment)).mentees] == [(minors, True)]


async def test_a_block_keeps_two_apart_whoever_made_it(recruitment):
    one, other = await recruitment.mentor(), await recruitment.mentor()
    mentee = await recruitment.mentee()
    await block(recruitment, one, mentee)
    await block(recruitment, mentee, other)
    await block(recruitment, one, other)

    apart = (await everyone(recruitment)).apart
    assert set(apart) == {Apart(mentor=m, mentee=mentee, why=Bar.UNAVAILABLE) for m in (one, other)}
    assert len(apart) == 2


async def test_who_were_a_pair_in_another_round_are_none_again(recruitment):
    mentor, mentee = await recruitment.mentor(), await recruitment.mentee()
    flash = await recruitment.mentor(flash=1)
    await recruitment.accept(await recruitment.ask(mentee, flash, style=Style.FLASH))
    await recruitment.accept(await recruitment.ask(mentee, mentor))
    first = await find_round(recruitment.tx, recruitment.round)
    await recruitment.open()
    for person, role in ((mentor, Role.MENTOR), (flash, Role.MENTOR), (mentee, Role.MENTEE)):
        await recruitment.join(role, person=person)
    stranger = await recruitment.mentee()

    round = await find_round(recruitment.tx, recruitment.round)
    assert (await everyone(recruitment)).apart == (Apart(mentor=mentor, mentee=mentee, why=Bar.PREVIOUS),)
    assert await apart_of(recruitment.tx, round, [mentor], [stranger]) == ()
    assert await apart_of(recruitment.tx, round, [mentor, flash], [mentee, stranger]) != ()
    assert await apart_of(recruitment.tx, first, [mentor], [mentee]) == ()


async def test_a_few_are_looked_at_as_they_are_matched_or_not_taking_part_or_not(recruitment):
    mentor, mentee = await recruitment.mentor(**TELLS, places=2), await recruitment.mentee(**TELLS)
    await recruitment.accept(await recruitment.ask(mentee, mentor))
    stranger = await play(recruitment.tx, roles=(Role.MENTEE,))
    await block(recruitment, mentor, stranger)
    round = await find_round(recruitment.tx, recruitment.round)

    people = await people_among(recruitment.tx, round, [mentor], [mentee, stranger])
    assert [(p.person, p.places, p.ready) for p in people.mentors] == [(mentor, 1, True)]
    assert [(p.person, p.ready) for p in people.mentees] == [(mentee, True), (stranger, False)]
    assert people.apart == (Apart(mentor=mentor, mentee=stranger, why=Bar.UNAVAILABLE),)


CROWD = sa.text("""
with people as (select gen_random_uuid() as person, n, n <= 5000 as mentor from generate_series(1, 25000) n),
stood as (insert into standings (project, person, roles, adult, conduct)
  select :project, person, array[case when mentor then 'MENTOR' else 'MENTEE' end], true, '{}' from people),
joined as (insert into participations (id, project, round, person, role, at, changed)
  select gen_random_uuid(), :project, :round, person, case when mentor then 'MENTOR' else 'MENTEE' end, now(), 0 from people),
told as (insert into cards (id, project, person, description, fields, languages, introduced, paused, changed)
  select gen_random_uuid(), :project, person, cast(:told as jsonb), '{}', '{}', true, false, 0 from people),
given as (insert into places (id, project, round, mentor, style, most)
  select gen_random_uuid(), :project, :round, person, 'TRADITIONAL', 3 from people where mentor)
insert into blocked (by, person) select one.person, other.person from people one join people other
  on other.n = one.n + 5000 where one.n <= 500
""")
TOLD = '{"fields": ["0714", "0613"], "languages": [{"language": "sv", "level": "C1"}, {"language": "en", "level": "B2"}], "goals": ["FIRST_JOB"], "hours": 1234567, "country": "SE", "place": 2673730, "stage": "MASTER"}'


@pytest.mark.parametrize("seconds", [4.0])
async def test_twenty_five_thousand_are_read_in_a_moment(recruitment, seconds):
    await recruitment.tx.db.execute(CROWD, {"project": recruitment.project, "round": recruitment.round, "told": TOLD})
    began = time.process_time(), time.perf_counter()
    people = await everyone(recruitment)
    used, took = time.process_time() - began[0], time.perf_counter() - began[1]

    assert (len(people.mentors), len(people.mentees), len(people.apart)) == (5000, 20000, 500)
    print(f"{used:.2f} s of this process, {took:.2f} s in all")
    assert used < seconds
