"""Ids, nodes and lists."""

from __future__ import annotations

from uuid import uuid4

import pytest

from commons_contracts.base import Actor, Page, Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.ids import project_of
from commons_contracts.matching import ConnectionsByIds, ConnectionsPage, ConnectionView
from commons_contracts.profiles import PeopleByIds
from commons_gateway.context import Batch
from commons_gateway.cursors import Seal, scope_of
from commons_gateway.relay import NOWHERE, global_id, parts_of, place_in, uuid_in
from commons_gateway.schema import FETCHED, core
from commons_gateway.testing import THING, sample, sample_for
from commons_gateway.walks import id_places

CONNECTIONS = "query($a: String) { viewer { connections(first: 1, after: $a) { %s } } }"
PAGE = "nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount"
IDS = {
    kind: global_id(kind, 1 if kind == "Place" else THING) for kind in [*FETCHED, "Project", "Notice", "SessionTask"]
}
PLACES = list(id_places(core(), IDS))


def test_an_id_says_nothing_and_comes_back_whole():
    id = global_id("Round", THING)
    assert parts_of(id) == ("Round", str(THING))
    assert uuid_in(id, "Round") == THING
    assert place_in(global_id("Place", 2673730)) == 2673730


@pytest.mark.parametrize(
    "junk", ["", "x", "åäö", "=", "Um91bmQ6", "Um91bmQ6eA", global_id("Match", THING), str(THING), "a" * 999]
)
def test_what_is_no_such_id_leads_nowhere(junk):
    assert uuid_in(junk, "Round") == NOWHERE
    assert place_in(junk) == 0


@pytest.mark.parametrize("kind", IDS)
async def test_a_node_is_fetched_by_its_id(gateway, kind):
    if kind not in {"Notice", "SessionTask"}:
        data = await gateway.ask("query($id: ID!) { node(id: $id) { __typename id } }", {"id": IDS[kind]})
        assert data["node"] == {"__typename": kind, "id": IDS[kind]}


async def test_nodes_come_in_their_order_with_gaps_in_one_call_a_kind(gateway):
    people = [uuid4() for _ in range(3)]
    gateway.asker.answers[PeopleByIds] = lambda request, actor: sample_for(
        PeopleByIds(ids=tuple(id for id in request.ids if id != people[1]))
    )
    ids = [global_id("Person", id) for id in people]
    data = await gateway.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [*ids, "junk", IDS["Match"]]})
    assert data["nodes"] == [{"id": ids[0]}, None, {"id": ids[2]}, None, {"id": IDS["Match"]}]
    assert len(gateway.asker.requests(PeopleByIds)) == 1


def known_only(gateway, project="westem"):
    """Services that have things of one project only, under their sample ids."""
    lists = {batch.call: batch.ids for batch in Batch.known}

    def admit(request, actor):
        foreign = actor.project != project_of(project) or any(id not in {1, THING} for id in ids_in(request))
        if foreign and not lists.get(type(request)):
            raise Refusal(RefusalCode.NOT_FOUND)

    def listed(request, actor):
        reply = sample_for(request)
        known = {1, THING} if actor.project == project_of(project) else set()
        keys = getattr(request, lists[type(request)])
        items = [item for key, item in zip(keys, reply.items, strict=False) if key in known] if keys else reply.items
        return reply.model_copy(update={"items": tuple(items)})

    gateway.asker.admit = admit
    gateway.asker.answers |= {call: listed for call, ids in lists.items() if ids}


def ids_in(request):
    for name, value in request:
        if "Id" in str(type(request).model_fields[name].annotation) and value is not None:
            yield from value if isinstance(value, tuple) else (value,)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_anothers_thing_answers_exactly_like_a_random_id(gateway, place):
    known_only(gateway)
    kind = place.kinds[0]
    elsewhere, random = (
        global_id(kind, 2 if kind == "Place" else uuid4()),
        global_id(kind, 3 if kind == "Place" else uuid4()),
    )
    wrong_kind = global_id("Channel" if kind != "Channel" else "Match", THING)
    answers = []
    for id in (elsewhere, random, "junk", *([] if len(place.kinds) > 1 else [wrong_kind])):
        done = await gateway.execute(place.document(id), context=gateway.context(operator=True))
        answers.append((done.data, [(error.message, error.extensions) for error in done.errors or ()]))
    assert all(answer == answers[0] for answer in answers), answers


async def test_a_page_is_walked_with_its_cursors(gateway):
    view = sample(ConnectionView)
    gateway.asker.answers[ConnectionsPage] = Page[ConnectionView].model_construct(
        items=(view,), cursors=("place-7",), more=True, total=9
    )
    page = (await gateway.ask(CONNECTIONS % PAGE))["viewer"]["connections"]
    cursor = page["edges"][0]["cursor"]
    assert page == {
        "nodes": [{"id": global_id("ConnectionRequest", view.id)}],
        "edges": [{"cursor": cursor, "node": {"id": global_id("ConnectionRequest", view.id)}}],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": cursor, "endCursor": cursor},
        "totalCount": 9,
    }
    assert "place-7" not in cursor
    again = await gateway.ask(CONNECTIONS % "pageInfo { hasPreviousPage }", {"a": cursor})
    assert again["viewer"]["connections"]["pageInfo"]["hasPreviousPage"] is True
    assert [request.after for request in gateway.asker.requests(ConnectionsPage)] == [None, "place-7"]


async def test_a_cursor_of_ones_own_making_is_refused(gateway):
    seal = gateway.desk.seal
    ada = Actor(person=gateway.person("ada"), project=project_of("westem"))
    scope = scope_of(ada, ConnectionsPage.subject)
    good = seal.close(scope, "place-7")
    other_list = seal.close(scope_of(ada, "rpc.matching.mentors_page"), "place-7")
    nord = Actor(person=gateway.person("ada"), project=project_of("stem-nord"))
    other_project = seal.close(scope_of(nord, ConnectionsPage.subject), "place-7")
    other_secret = Seal(b"another").close(scope, "place-7")
    spoiled = good[:-1] + ("A" if good[-1] != "A" else "B")
    for cursor in ("", "x", "åäö", "place-7", other_list, other_project, other_secret, spoiled):
        done = await gateway.execute(CONNECTIONS % "totalCount", {"a": cursor})
        assert done.errors[0].extensions["code"] == "BAD_USER_INPUT", cursor
    assert gateway.asker.requests(ConnectionsPage) == []
    assert await gateway.ask(CONNECTIONS % "totalCount", {"a": good})


async def test_a_missing_thing_is_null_and_no_error(gateway):
    gateway.asker.answers[ConnectionsByIds] = lambda request, actor: sample(ConnectionsByIds.reply).model_copy(
        update={"items": ()}
    )
    assert await gateway.ask("query($id: ID!) { node(id: $id) { id } }", {"id": IDS["ConnectionRequest"]}) == {
        "node": None
    }
