"""Cursors and ids: whatever is put in their place is no exception, and leads nowhere."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from commons_chassis.faults import Fault
from commons_contracts.base import Actor, Page
from commons_contracts.codes import FaultCode
from commons_contracts.ids import project_of
from commons_contracts.matching import ConnectionsPage, ConnectionView
from commons_gateway.cursors import Seal, scope_of
from commons_gateway.relay import NOWHERE, global_id, parts_of, place_in, uuid_in
from commons_gateway.testing import THING, sample

SEAL = Seal(b"a secret")
SCOPE = "rpc.matching.connections_page westem ada"
PLACE = '["2026-10-01T00:00:00Z","0190a000-0000-7000-8000-000000000001"]'
GOOD = SEAL.close(SCOPE, PLACE)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
CONNECTIONS = "query($a: String) { viewer { connections(first: 1, after: $a) { pageInfo { endCursor } } } }"
ANYTHING = st.one_of(
    st.text(),
    st.text(ALPHABET),
    st.binary().map(lambda raw: urlsafe_b64encode(raw).decode().rstrip("=")),
    st.text().map(lambda text: urlsafe_b64encode(text.encode(errors="surrogatepass")).decode()),
)
INTEGERS = st.integers() | st.sampled_from([2**31, 2**63, 10**400])


def mutated(good):
    """Something near a good one: a character more, fewer, changed or moved."""
    places = st.integers(0, len(good) - 1)
    return st.one_of(
        st.tuples(places, st.sampled_from(ALPHABET + "=+/\n\0é ")).map(
            lambda at: good[: at[0]] + at[1] + good[at[0] :]
        ),
        st.tuples(places, st.sampled_from(ALPHABET)).map(lambda at: good[: at[0]] + at[1] + good[at[0] + 1 :]),
        places.map(lambda at: good[:at] + good[at + 1 :]),
        places.map(lambda at: good[at:] + good[:at]),
        st.sampled_from([good + "=", good + "==", good * 2, good.lower(), good + "A", " " + good]),
    )


def refuses(seal, scope, cursor):
    with pytest.raises(Fault) as wrong:
        seal.open(scope, cursor)
    return wrong.value.code is FaultCode.BAD_USER_INPUT


@given(st.text(), st.text(st.characters(codec="utf-8")))
def test_a_cursor_comes_back_whole(scope, place):
    scope = scope.encode(errors="replace").decode()
    assert SEAL.open(scope, SEAL.close(scope, place)) == place
    assert SEAL.close(scope, place) == SEAL.close(scope, place)


@given(ANYTHING)
@example("")
@example("A" * 65_000)
def test_nothing_made_up_is_a_cursor(cursor):
    assert refuses(SEAL, SCOPE, cursor)


@given(mutated(GOOD))
def test_nothing_near_a_cursor_is_one(cursor):
    assert cursor == GOOD or refuses(SEAL, SCOPE, cursor)


@given(st.integers(0, len(GOOD) * 6 - 1))
def test_no_bit_of_a_cursor_can_be_turned(bit):
    raw = bytearray(urlsafe_b64decode(GOOD + "=" * (-len(GOOD) % 4)))
    if bit < len(raw) * 8:
        raw[bit // 8] ^= 1 << bit % 8
        assert refuses(SEAL, SCOPE, urlsafe_b64encode(raw).decode().rstrip("="))


def test_a_cursor_says_nothing_of_its_place():
    raw = urlsafe_b64decode(GOOD + "=" * (-len(GOOD) % 4))
    assert not any(PLACE[at : at + 4].encode() in raw for at in range(len(PLACE) - 4))


def test_a_cursor_is_for_one_list_of_one_project_and_viewer_and_platform():
    ada, grace = Actor(person=THING, project=project_of("westem")), Actor(person=NOWHERE, project=project_of("westem"))
    nord = Actor(person=THING, project=project_of("stem-nord"))
    good = SEAL.close(scope_of(ada, "a list"), PLACE)
    assert SEAL.open(scope_of(ada, "a list"), good) == PLACE
    for scope in (
        scope_of(grace, "a list"),
        scope_of(nord, "a list"),
        scope_of(ada, "another"),
        scope_of(Actor(), "a list"),
    ):
        assert refuses(SEAL, scope, good)
    assert refuses(Seal(b"another secret"), scope_of(ada, "a list"), good)


async def test_one_viewers_cursor_is_no_other_viewers(gateway):
    gateway.asker.answers[ConnectionsPage] = Page[ConnectionView].model_construct(
        items=(sample(ConnectionView),), cursors=("place-7",), more=True, total=9
    )
    cursor = (await gateway.ask(CONNECTIONS))["viewer"]["connections"]["pageInfo"]["endCursor"]
    assert await gateway.ask(CONNECTIONS, {"a": cursor})
    done = await gateway.execute(CONNECTIONS, {"a": cursor}, context=gateway.context("grace"))
    assert done.errors[0].extensions["code"] == "BAD_USER_INPUT"
    assert [request.after for request in gateway.asker.requests(ConnectionsPage)] == [None, "place-7"]


@given(st.sampled_from(["Round", "Person", "Place"]), st.uuids() | INTEGERS)
def test_an_id_comes_back_whole(kind, key):
    assert parts_of(global_id(kind, key)) == (kind, str(key))
    if isinstance(key, UUID):
        assert uuid_in(global_id(kind, key), kind) == key
        assert place_in(global_id("Place", key)) == 0


@given(ANYTHING | mutated(global_id("Round", THING)))
@example("Um91bmQ6²")
@example(global_id("Round", "²"))
def test_nothing_made_up_is_an_id_of_anything(id):
    found = uuid_in(id, "Round")
    assert isinstance(found, UUID)
    assert found == NOWHERE or global_id("Round", found) == id or parts_of(id)[0] == "Round"
    assert uuid_in(id, "Match") == NOWHERE or id.startswith(global_id("Match", "")[:5])


@given(ANYTHING | mutated(global_id("Place", 2_673_730)) | INTEGERS.map(lambda key: global_id("Place", key)))
@example(global_id("Place", "²"))
@example(global_id("Place", "1" * 5000))
@example(global_id("Place", 2**63))
@example(global_id("Place", "007"))
def test_a_place_is_a_number_that_a_place_can_have(id):
    assert 0 <= place_in(id) < 2**31
