"""Finding mentors: who is shown, in what order, and why she fits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commons_chassis.ids import new_id
from commons_chassis.testing import NOON, hear, play, refused, run
from commons_contracts.codes import Cefr, Criterion, DeclineReason, Goal, PauseCause, RefusalCode, Role, Style
from commons_contracts.ids import PLATFORM, PersonId, RoundId
from commons_contracts.matching import (
    DeclineConnection,
    MentorCardsByIds,
    MentorFilter,
    MentorsPage,
    SetPlaces,
    Suggestions,
)
from commons_contracts.profiles import (
    IntroductionPublished,
    IntroductionWithdrawn,
    MentoringPaused,
    MentoringResumed,
    PersonBlocked,
    PersonUnblocked,
    Speaks,
)
from commons_matching.app import service

SWEDISH, ENGLISH = Speaks(language="sv", level=Cefr.C1), Speaks(language="en", level=Cefr.B2)


async def listed(recruitment, viewer, **by):
    """Whom the viewer finds."""
    await recruitment.become(viewer)
    found = await run(service, MentorsPage(round=recruitment.round, filter=MentorFilter(**by)), recruitment.tx)
    assert found.total == len(found.items)
    return {card.person for card in found.items}


@pytest.fixture
async def viewer(recruitment):
    return await recruitment.mentee(fields=("0714",), languages=(SWEDISH,), goals=(Goal.NETWORK,), hours=0b1111)


async def test_a_ready_mentor_with_a_free_place_is_found_with_what_she_tells(recruitment, tx, viewer):
    told = {"fields": ("0714",), "languages": (SWEDISH, ENGLISH), "country": "SE", "place": 2673730, "hours": 0b11}
    mentor = await recruitment.mentor(places=2, flash=1, **told)
    await recruitment.become(viewer)

    (card,) = (await run(service, MentorsPage(round=recruitment.round), tx)).items

    assert (card.person, card.round, card.free_places) == (mentor, recruitment.round, 3)
    assert {name: getattr(card.description, name) for name in told} == told
    assert card.seen_from is None


async def test_a_card_says_where_it_is_seen_from(recruitment, tx):
    """For whoever measures distances: the viewer's own place, as she has told."""
    await recruitment.mentor(place=2673730)
    await recruitment.become(await recruitment.mentee(place=2711537))

    (card,) = (await run(service, MentorsPage(round=recruitment.round), tx)).items

    assert (card.description.place, card.seen_from) == (2673730, 2711537)


async def test_only_introduced_mentors_of_the_round_are_found(recruitment, viewer):
    await recruitment.mentor(introduced=False)
    shown, withdrawn = await recruitment.mentor(), await recruitment.mentor()
    await recruitment.of_member(IntroductionWithdrawn, withdrawn)
    first = recruitment.round
    second = await recruitment.open()
    elsewhere = await recruitment.mentor()
    await recruitment.join(Role.MENTOR, person=shown)
    recruitment.round = first

    assert await listed(recruitment, viewer) == {shown}
    await recruitment.become(viewer)
    for round, ids in ((first, [shown]), (second, sorted([shown, elsewhere]))):
        found = await run(service, MentorCardsByIds(round=round, ids=(shown, elsewhere, withdrawn)), recruitment.tx)
        assert [card.person for card in found.items] == ids


async def test_who_takes_part_on_both_sides_is_found_once_and_as_a_mentee_not_at_all(recruitment, tx, viewer):
    both, mentee = await recruitment.mentor(), await recruitment.mentee()
    await recruitment.join(Role.MENTEE, person=both)
    await recruitment.of_member(IntroductionPublished, mentee)

    assert await listed(recruitment, viewer) == {both}
    found = await run(service, MentorCardsByIds(round=recruitment.round, ids=(both, mentee)), tx)
    assert [card.person for card in found.items] == [both]


async def test_a_paused_mentor_is_away_until_she_resumes(recruitment, viewer):
    mentor = await recruitment.mentor()
    await recruitment.of_member(MentoringPaused, mentor, cause=PauseCause.OWN_WISH)
    assert await listed(recruitment, viewer) == set()
    await recruitment.of_member(MentoringResumed, mentor, at=NOON + timedelta(hours=1))
    assert await listed(recruitment, viewer) == {mentor}


async def test_a_mentor_without_a_place_free_for_her_is_not_listed(recruitment, viewer):
    full = await recruitment.full_mentor()
    flash_only = await recruitment.mentor(places=0, flash=1)

    assert await listed(recruitment, viewer) == {flash_only}
    assert await listed(recruitment, viewer, style=Style.TRADITIONAL) == set()
    assert await listed(recruitment, viewer, style=Style.FLASH) == {flash_only}
    assert full != flash_only


async def test_nobody_finds_herself_nor_whom_she_blocked_or_who_blocked_her(recruitment, tx, viewer):
    mentor = await recruitment.mentor()
    assert await listed(recruitment, mentor) == set()
    for by, person in ((viewer, mentor), (mentor, viewer)):
        block = {"project": PLATFORM, "at": NOON, "block": new_id(), "by": by, "person": person}
        await hear(service, PersonBlocked(**block), tx)
        assert await listed(recruitment, viewer) == set()
        await hear(service, PersonUnblocked(**block), tx)
    assert await listed(recruitment, viewer) == {mentor}


async def test_a_minor_is_invisible(recruitment, tx, viewer):
    mentor = await recruitment.mentor()
    await play(tx, person=mentor, roles=(Role.MENTOR,), adult=False)

    assert await listed(recruitment, viewer) == set()


async def test_a_narrow_field_finds_its_detailed_ones(recruitment, viewer):
    electronics = await recruitment.mentor(fields=("0714",))
    chemistry = await recruitment.mentor(fields=("0531", "0711"))

    assert await listed(recruitment, viewer, fields=("0714",)) == {electronics}
    assert await listed(recruitment, viewer, fields=("071",)) == {electronics, chemistry}
    assert await listed(recruitment, viewer, fields=("05",)) == {chemistry}
    assert await listed(recruitment, viewer, fields=("0512", "0715")) == set()


async def test_filters_hold_together(recruitment, viewer):
    here = await recruitment.mentor(languages=(SWEDISH,), country="SE", place=1)
    there = await recruitment.mentor(languages=(SWEDISH, ENGLISH), country="NO", place=2)

    assert await listed(recruitment, viewer, languages=("sv",)) == {here, there}
    assert await listed(recruitment, viewer, languages=("en", "it")) == {there}
    assert await listed(recruitment, viewer, countries=("SE", "FI")) == {here}
    assert await listed(recruitment, viewer, places=(2, 3)) == {there}
    assert await listed(recruitment, viewer, languages=("en",), countries=("SE",)) == set()


async def test_pages_follow_each_other_without_gap_or_repetition(recruitment, tx, viewer):
    mentors = {await recruitment.mentor() for _ in range(5)}
    await recruitment.become(viewer)
    seen, after = [], None
    for left in (3, 1, 0):
        page = await run(service, MentorsPage(round=recruitment.round, first=2, after=after), tx)
        assert (page.total, page.more) == (5, left > 0)
        seen += [card.person for card in page.items]
        after = page.cursors[-1]

    assert len(seen) == 5
    assert set(seen) == mentors
    assert seen == sorted(seen)


async def test_the_fit_says_why(recruitment, tx, viewer):
    await recruitment.mentor(fields=("0715",), languages=(SWEDISH,), goals=(Goal.RESEARCH,), hours=0b11)
    await recruitment.become(viewer)

    (card,) = (await run(service, MentorsPage(round=recruitment.round), tx)).items

    parts = {part.criterion: (part.points, part.most) for part in card.fit.parts}
    assert parts == {
        Criterion.FIELD: (2117, 3529),
        Criterion.GOALS: (0, 2941),
        Criterion.LANGUAGES: (2353, 2353),
        Criterion.HOURS: (470, 1177),
    }
    assert card.fit.points == sum(points for points, _ in parts.values())


async def test_cards_by_id_also_show_who_is_full_but_nobody_who_is_away(recruitment, tx, viewer):
    full, hidden = await recruitment.full_mentor(), await recruitment.mentor(introduced=False)
    await recruitment.become(viewer)

    asked = MentorCardsByIds(round=recruitment.round, ids=(full, hidden, viewer, PersonId(new_id())))

    assert [(card.person, card.free_places) for card in (await run(service, asked, tx)).items] == [(full, 0)]


async def test_the_best_fit_is_suggested_first_and_no_one_already_asked(recruitment, tx, viewer):
    best = await recruitment.mentor(fields=("0714",), languages=(SWEDISH,))
    good = await recruitment.mentor(fields=("0715",), languages=(SWEDISH,))
    worse = await recruitment.mentor(fields=("0511",), languages=(SWEDISH,))
    for _ in range(2):
        await recruitment.become(viewer)
        found = (await run(service, Suggestions(round=recruitment.round, first=2), tx)).items
        assert [card.person for card in found] == [best, good]
    connection = await recruitment.ask(viewer, best)
    await recruitment.become(best)
    await run(service, DeclineConnection(connection=connection.id, reason=DeclineReason.OTHER_MENTOR_BETTER), tx)
    await recruitment.become(viewer)

    found = (await run(service, Suggestions(round=recruitment.round), tx)).items

    assert [card.person for card in found] == [good, worse]


async def test_suggestions_are_for_mentees(recruitment, tx):
    await recruitment.become(await recruitment.mentor())
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, Suggestions(round=recruitment.round), tx)


async def test_a_round_of_nowhere_lists_nobody(recruitment, tx, viewer):
    await recruitment.become(viewer)
    nowhere = RoundId(new_id())
    for query in (MentorsPage(round=nowhere), MentorCardsByIds(round=nowhere, ids=()), Suggestions(round=nowhere)):
        async with refused(tx, RefusalCode.NOT_FOUND):
            await run(service, query, tx)


async def test_a_new_description_replaces_the_old_and_keeps_the_rest(recruitment, viewer):
    mentor = await recruitment.mentor(fields=("0511",), country="SE")
    await recruitment.describe(mentor, fields=("0714",))

    assert await listed(recruitment, viewer, fields=("0511",)) == set()
    assert await listed(recruitment, viewer, countries=("SE",)) == set()
    assert await listed(recruitment, viewer, fields=("0714",)) == {mentor}


async def test_an_introduction_may_be_heard_before_any_description(recruitment, viewer):
    mentor = await recruitment.join(Role.MENTOR)
    await recruitment.of_member(IntroductionPublished, mentor)
    await recruitment.become(mentor)
    await run(service, SetPlaces(round=recruitment.round, style=Style.FLASH, most=0), recruitment.tx)

    assert await listed(recruitment, viewer) == {mentor}
