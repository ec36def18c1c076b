"""How many calls an answer takes: at most one to a service in a wave, and few waves."""

from __future__ import annotations

from uuid import uuid4

import pytest

from commons_contracts.base import Page
from commons_contracts.geo import DistancesFrom, PlacesByIds, PlacesWithin
from commons_contracts.matching import MentorCardView, MentorsPage, RoundsOf
from commons_contracts.mentoring import ProgrammesPage
from commons_contracts.profiles import NoteActivity, OwnProfile, PeopleByIds, ProjectsByIds
from commons_gateway.profiles import own
from commons_gateway.relay import global_id
from commons_gateway.testing import THING, sample

MENTORS = """query($near: ID!) { project(slug: "westem") { rounds { mentors(
    filter: {fields: ["0613"], languages: ["sv"], countries: ["SE"], near: {place: $near, kilometres: 30}}, first: 20
) { totalCount edges { node {
    freePlaces lastActiveBand distanceKm introduction { title text language }
    person { id displayName description { place { name country } goals } }
    fit { points parts { criterion points most skipped } }
    viewerCan { requestConnection { allowed reason message } waitlistForMentor { allowed } }
} } } } } }"""


@pytest.fixture
def twenty(gateway):
    """A round with twenty mentors in twenty places."""
    card = sample(MentorCardView)
    cards = tuple(
        card.model_copy(
            update={"person": uuid4(), "description": card.description.model_copy(update={"place": 100 + i})}
        )
        for i in range(20)
    )
    gateway.asker.answers[MentorsPage] = Page[MentorCardView].model_construct(
        items=cards, cursors=tuple(str(i) for i in range(20)), more=False, total=20
    )
    return cards


def calls(gateway):
    return [type(request).__name__ for request in gateway.asker.requests() if not isinstance(request, NoteActivity)]


async def test_a_page_of_mentors_with_everything_takes_one_call_each(gateway, twenty):
    data = await gateway.ask(MENTORS, {"near": global_id("Place", 1)})
    mentors = data["project"]["rounds"][0]["mentors"]["edges"]
    assert [edge["node"]["person"]["id"] for edge in mentors] == [global_id("Person", card.person) for card in twenty]
    assert mentors[7]["node"]["viewerCan"]["requestConnection"] == {"allowed": True, "reason": None, "message": None}
    assert calls(gateway) == [
        "ProjectsByIds",
        "RoundsOf",
        "PlacesWithin",
        "MentorsPage",
        "PeopleByIds",
        "DistancesFrom",
        "PlacesByIds",
    ]
    (people,) = gateway.asker.requests(PeopleByIds)
    assert people.ids == tuple(card.person for card in twenty)
    (distances,) = gateway.asker.requests(DistancesFrom)
    assert distances.to == tuple(card.description.place for card in twenty)


async def test_who_has_not_said_where_she_lives_sees_no_distances(gateway, twenty):
    gateway.asker.answers[MentorsPage] = Page[MentorCardView].model_construct(
        items=tuple(card.model_copy(update={"seen_from": None}) for card in twenty),
        cursors=tuple(str(i) for i in range(20)),
        more=False,
        total=20,
    )
    data = await gateway.ask(MENTORS, {"near": global_id("Place", 1)})
    assert {edge["node"]["distanceKm"] for edge in data["project"]["rounds"][0]["mentors"]["edges"]} == {None}
    assert gateway.asker.requests(DistancesFrom) == []


async def test_a_filter_reaches_matching_with_the_places_that_geo_found(gateway, twenty):
    await gateway.ask(MENTORS, {"near": global_id("Place", 2673730)})
    (within,) = gateway.asker.requests(PlacesWithin)
    assert (within.place, within.kilometres) == (2673730, 30)
    (page,) = gateway.asker.requests(MentorsPage)
    chosen = page.filter
    assert (chosen.fields, chosen.languages, chosen.countries, chosen.places) == (("0613",), ("sv",), ("SE",), (1,))
    assert page.round == THING


async def test_near_nowhere_is_nobody(gateway, twenty):
    gateway.asker.answers[PlacesWithin] = sample(PlacesWithin.reply).model_copy(update={"ids": ()})
    data = await gateway.ask(MENTORS, {"near": global_id("Place", 1)})
    page = data["project"]["rounds"][0]["mentors"]
    assert page == {"totalCount": 0, "edges": []}
    assert gateway.asker.requests(MentorsPage) == []


async def test_a_project_that_was_just_seen_is_not_asked_for_again(gateway, monkeypatch):
    for seconds, times in ((60.0, 1), (0.0, 2)):
        monkeypatch.setattr(own, "SEEN_SECONDS", seconds)
        assert await gateway.ask('{ project(slug: "westem") { name } }') == {"project": {"name": "sample"}}
        await gateway.ask('{ project(slug: "westem") { name } }')
        assert len(gateway.asker.requests(ProjectsByIds)) == times + (seconds == 0.0)


async def test_the_same_question_in_two_places_is_asked_once(gateway):
    await gateway.ask(
        "{ viewer { a: profile { paused } b: profile { motivation } account { state } memberships { paused } } }"
    )
    assert sorted(calls(gateway)) == ["OwnProfile", "Viewer"]


async def test_each_project_is_asked_about_on_its_own_ground(gateway):
    await gateway.ask(
        '{ a: project(slug: "westem") { programmes { totalCount } } b: project(slug: "stem-nord") { programmes { totalCount } } }'
    )
    grounds = [actor.project for request, actor, _ in gateway.asker.asked if isinstance(request, ProgrammesPage)]
    assert grounds == [gateway.project("westem"), gateway.project("stem-nord")]


async def test_one_answer_remembers_nothing_for_the_next(gateway):
    context = gateway.context()
    for _ in range(2):
        await gateway.execute("{ viewer { profile { paused } } }", context=context)
    assert len(gateway.asker.requests(OwnProfile)) == 2


async def test_members_come_with_all_there_is_to_know(gateway):
    await gateway.ask('{ project(slug: "westem") { members { nodes { displayName introduction { title } } } } }')
    assert calls(gateway) == ["ProjectsByIds", "MembersPage"]


async def test_rounds_are_fetched_once_for_all_that_want_them(gateway):
    await gateway.ask(
        "{ viewer { connections { nodes { round { open zone } match { round { open } mentorship { phase } channel { id } } } } } }"
    )
    assert len(gateway.asker.requests(RoundsOf)) == 1
    assert len(gateway.asker.requests(ProjectsByIds)) == 1
    assert gateway.asker.requests(PlacesByIds) == []
