"""What only its author can read: bound to its place, gone with its key, and never there in the clear."""

from __future__ import annotations

import asyncio
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import create_async_engine

from commons_chassis.deploy import provision_keys
from commons_chassis.ids import new_id
from commons_chassis.seal import Seal
from commons_chassis.settings import driver
from commons_chassis.testing import MASTER_KEY

WORDS = "Jag vågade säga det."
ANOTHER = "B" * 43


@pytest.fixture(scope="module")
def store(postgres_dsn):
    """The address of a key store as its role."""
    name = f"keys_{new_id().hex[-8:]}"
    provision_keys(postgres_dsn, "sealing", "test", database=name)
    provision_keys(postgres_dsn, "sealing", "test", database=name)
    server = postgres_dsn.rpartition("@")[2].partition("/")[0]
    return f"postgresql://sealing_keys:test@{server}/{name}"


def _seal(store, master_key=MASTER_KEY, **more):
    return Seal(create_async_engine(driver(store), poolclass=sa.NullPool), master_key, **more)


@pytest.fixture
def seal(store):
    return _seal(store)


@pytest.fixture
def place():
    return {"table": "evaluations", "row": new_id(), "author": new_id()}


def _kept(store, question):
    with closing(psycopg.connect(store, autocommit=True)) as c:
        return c.execute(question).fetchall()


@pytest.mark.anyio
async def test_its_author_reads_what_is_nowhere_in_the_clear(seal, store, place):
    sealed = await seal.close(WORDS, **place)
    assert WORDS.encode() not in sealed
    opened = await seal.open({place["row"]: sealed}, table=place["table"], author=place["author"])
    assert opened == {place["row"]: WORDS}
    assert await seal.close(WORDS, **place) != sealed
    assert len(_kept(store, f"select wrapped from data_keys where author = '{place['author']}'")) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("other", ["table", "row", "author"])
async def test_in_another_place_it_does_not_open(seal, place, other):
    sealed = await seal.close(WORDS, **place)
    moved = place | {other: "notes" if other == "table" else new_id()}
    await seal.close(WORDS, **moved)
    if other == "author":  # of another author's key it is not even said that it could open it
        assert await seal.open({moved["row"]: sealed}, table=moved["table"], author=moved["author"]) == {
            moved["row"]: None
        }
        return
    with pytest.raises(InvalidTag):
        await seal.open({moved["row"]: sealed}, table=moved["table"], author=moved["author"])


@pytest.mark.anyio
async def test_a_key_of_one_is_no_key_of_another_who_calls_it_hers(seal, store, place):
    """Whoever can write to the key store cannot lend an author's key."""
    await seal.close(WORDS, **place)
    thief = new_id()
    with psycopg.connect(store) as c:
        c.execute(
            "insert into data_keys (id, author, wrapped) select gen_random_uuid(), %s, wrapped from data_keys"
            " where author = %s",
            [thief, place["author"]],
        )
    with pytest.raises(InvalidTag):
        await seal.close(WORDS, **place | {"author": thief})


@pytest.mark.anyio
async def test_what_is_changed_does_not_open(seal, place):
    sealed = bytearray(await seal.close(WORDS, **place))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        await seal.open({place["row"]: bytes(sealed)}, table=place["table"], author=place["author"])


@pytest.mark.anyio
async def test_when_the_key_is_destroyed_it_is_gone_for_everyone_and_everywhere(seal, store, place):
    sealed, elsewhere = await seal.close(WORDS, **place), _seal(store)
    assert await elsewhere.destroy(place["author"])
    assert not await elsewhere.destroy(place["author"])
    for process in (seal, elsewhere):
        opened = await process.open({place["row"]: sealed}, table=place["table"], author=place["author"])
        assert opened == {place["row"]: None}
    later = await seal.close("nytt", **place)
    opened = await seal.open({place["row"]: later}, table=place["table"], author=place["author"])
    assert opened == {place["row"]: "nytt"}, "what she writes afterwards has a new key"
    assert await seal.open({place["row"]: sealed}, table=place["table"], author=place["author"]) == {place["row"]: None}


@pytest.mark.anyio
async def test_the_key_store_alone_opens_nothing(seal, store, place):
    sealed = await seal.close(WORDS, **place)
    with pytest.raises(InvalidTag):
        await _seal(store, ANOTHER).open({place["row"]: sealed}, table=place["table"], author=place["author"])


@pytest.mark.anyio
async def test_two_who_make_her_first_key_at_once_make_one(seal, store):
    author, rows = new_id(), [new_id() for _ in range(8)]
    sealed = await asyncio.gather(*(seal.close(WORDS, table="notes", row=row, author=author) for row in rows))
    opened = await seal.open(dict(zip(rows, sealed, strict=True)), table="notes", author=author)
    assert set(opened.values()) == {WORDS}
    assert len(_kept(store, f"select 1 from data_keys where author = '{author}'")) == 1


def test_its_role_can_do_nothing_else(store):
    for forbidden in ("create table mine (id int)", "update data_keys set author = id", "truncate data_keys"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _kept(store, forbidden)


def test_nobody_else_enters_the_key_store_and_its_role_enters_nothing_else(store, postgres_dsn):
    with psycopg.connect(postgres_dsn, autocommit=True) as admin:
        name = f"stranger_{new_id().hex[-8:]}"
        admin.execute(f"create role {name} login password 'test'")
        for shared in ("postgres", "template1"):
            admin.execute(f"revoke all on database {shared} from public")
    for who, where in ((f"{name}:test", store.rpartition("/")[2]), ("sealing_keys:test", "postgres")):
        server = store.rpartition("@")[2].partition("/")[0]
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(f"postgresql://{who}@{server}/{where}")


def test_half_a_master_key_is_none(store):
    with pytest.raises(ValueError, match="32 bytes"):
        _seal(store, "A" * 20)


@pytest.mark.anyio
async def test_switched_off_it_is_there_in_the_clear(store, place):
    """So that the tests that guard it can be seen red."""
    plain = _seal(store, off=True)
    sealed = await plain.close(WORDS, **place)
    assert sealed.decode() == WORDS
    assert await plain.open({place["row"]: sealed}, table=place["table"], author=place["author"]) == {
        place["row"]: WORDS
    }
