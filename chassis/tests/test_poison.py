"""Whatever somebody with the owner's key puts into the stream: it ends as a dead letter, and everyone else's facts flow."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlparse

import pytest
import sqlalchemy as sa
from toy import counting, tallying
from toy.counting import Raise, Raised, Start
from toy.people import a_member
from toy.tallying import Tally

from commons_chassis.clock import real_now
from commons_chassis.deploy import STREAM
from commons_chassis.ids import new_id
from commons_chassis.inbox import NO_FACT
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_onebox import tools
from commons_onebox.alive import alive
from commons_onebox.testing import start_nats

SUBJECT = Raised.subject
SOON_SECONDS = 20.0


def _headers(*, project=None, kind=SUBJECT, aggregate=None, seq=1) -> bytes:
    said = {"id": new_id(), "type": kind, "subject": aggregate or new_id(), "seq": seq, "project": project or new_id()}
    lines = "".join(f"ce-{name}: {value}\r\n" for name, value in said.items() if value is not None)
    return b"NATS/1.0\r\n" + lines.encode() + b"\r\n"


def _body(counter=None, **changes) -> bytes:
    said = {"project": str(new_id()), "at": real_now().isoformat(), "counter": str(counter or new_id()), "by": 1}
    return json.dumps({**said, **changes}).encode()


def _message(subject, headers: bytes, body: bytes) -> bytes:
    where = subject if isinstance(subject, bytes) else subject.encode()
    return b"HPUB %s %d %d\r\n%s%s\r\n" % (where, len(headers), len(headers) + len(body), headers, body)


def _fact(body: bytes | None = None, *, ground=None, **changes) -> bytes:
    """A well-formed fact but for the changes."""
    project = new_id()
    return _message(f"{SUBJECT}.{ground or project}", _headers(project=project, **changes), body or _body())


POISON = {
    "garbage bytes": lambda: _fact(b"\xff\x00\xfe not json"),
    "nothing": lambda: _message(f"{SUBJECT}.{new_id()}", _headers(), b""),
    "nested beyond reason": lambda: _fact(b"[" * 200_000),
    "a number beyond reason": lambda: _fact(b'{"by": ' + b"9" * 10_000 + b"}"),
    "a megabyte": lambda: _fact(_body(by="x" * 1_000_000)),
    "not a number": lambda: _fact(b'{"by": NaN}'),
    "a character that no text holds": lambda: _fact(b'{"by": "\\u0000"}'),
    "half a character": lambda: _fact(b'{"by": "\\ud800"}'),
    "early, and a character that no text holds": lambda: _fact(b'{"by": "\\u0000"}', seq=7),
    "a body that the type does not allow": lambda: _fact(_body(by="many")),
    "no headers": lambda: _message(f"{SUBJECT}.{new_id()}", b"NATS/1.0\r\n\r\n", _body()),
    "no number": lambda: _fact(seq=None),
    "a number that is none": lambda: _fact(seq="first"),
    "number zero": lambda: _fact(seq=0),
    "a number that no column holds": lambda: _fact(seq=1 << 40),
    "an aggregate that is no id": lambda: _fact(aggregate="everything"),
    "another project's ground": lambda: _fact(ground=new_id()),
    "no ground": lambda: _fact(ground="nowhere"),
    "a subject that no text holds": lambda: _message(b"evt.counting.\xff\xfe.x", _headers(), _body()),
    "headers that are none": lambda: _message(f"{SUBJECT}.{new_id()}", b"\x00\xff\xfe\r\n\r\n", _body()),
    "headers that end too soon": lambda: _message(f"{SUBJECT}.{new_id()}", b"NATS/1.0", _body()),
    "headers that speak as the broker": lambda: _message(f"{SUBJECT}.{new_id()}", b"NATS/1.0 404\r\n\r\n", _body()),
    "headers that pass for a heartbeat": lambda: _message(
        f"{SUBJECT}.{new_id()}", b"NATS/1.0\r\nStatus: 100\r\n\r\n", b""
    ),
    "a beat that is none": lambda: _message("evt.counting.beat", b"NATS/1.0\r\n\r\n", b"\xff"),
}


@pytest.fixture(scope="module")
def nats(tmp_path_factory):
    nats = start_nats(tmp_path_factory.mktemp("poison"))
    yield nats
    nats.stop()


@pytest.fixture(scope="module")
def pairs(postgres_dsn, worker_id):
    return [
        (s, make_database(s, postgres_dsn, suffix=f"_poison_{worker_id}")) for s in (counting.service, tallying.service)
    ]


@pytest.fixture
async def house(nats, pairs):
    async with alive(pairs, nats.url) as house:
        yield house


@pytest.fixture
def told(nats, pairs):
    _, db = pairs[1]
    return ServiceSettings(
        env="dev", nats=nats.url, name="tallying", app_dsn=db.app_dsn, engine_dsn=db.engine_dsn, owner_dsn=db.owner_dsn
    )


def publish(url: str, *messages: bytes) -> None:
    """As anyone who holds the owner's key can: nats-py would not let us send some of this."""
    where = urlparse(url)
    with socket.create_connection((where.hostname, where.port)) as connection, connection.makefile("rb") as answers:
        answers.readline()
        connection.sendall(b'CONNECT {"verbose":true,"headers":true}\r\n')
        for message in (b"", *messages):
            connection.sendall(message)
            assert answers.readline() == b"+OK\r\n"


async def _letters(told):
    return [dict(letter) for letter in await tools.dead_letters(tallying.service, told)]


async def _raised(house, actor, times):
    counter = (await house.asker.ask(Start(), actor)).id
    for _ in range(times):
        await house.asker.ask(Raise(counter=counter), actor)
    return counter


async def _is_heard(house, actor, counter, times):
    async def heard():
        return (await house.asker.ask(Tally(counter=counter), actor)).raised == times

    return await eventually(heard, seconds=SOON_SECONDS)


async def test_whatever_is_put_into_the_stream_ends_as_a_letter_and_the_others_flow(house, nats, told):
    actor = await a_member(house)
    before = await _raised(house, actor, 2)
    publish(nats.url, *(make() for make in POISON.values()))
    after = await _raised(house, actor, 3)
    assert await _is_heard(house, actor, before, 2)
    assert await _is_heard(house, actor, after, 3)

    async def all_dead():
        return len(await _letters(told)) >= len(POISON)

    await eventually(all_dead, seconds=SOON_SECONDS)
    letters = await _letters(told)
    assert len(letters) == len(POISON)
    assert not any(runtime.dead.is_set() for runtime in house.runtimes.values())
    assert await _is_heard(house, actor, await _raised(house, actor, 1), 1)

    assert [each for each in letters if await tools.redrive(tallying.service, told, each)] == []
    for letter in letters:
        await tools.drop(tallying.service, told, letter)
    assert await _letters(told) == []
    assert await house.asker.operations.settle(seconds=SOON_SECONDS)


async def test_of_what_is_no_fact_only_a_trace_is_kept(house, nats, told):
    publish(
        nats.url, _message(f"{SUBJECT}.{new_id()}", b"NATS/1.0\r\nce-id: ada@example.org\r\n\r\n", b"ada@example.org")
    )
    (letter,) = await eventually(lambda: _letters(told), seconds=SOON_SECONDS)
    assert letter["subject"] == NO_FACT
    assert set(letter["body"]) == {"position", "bytes", "sha256"}
    assert "ada" not in str(letter)
    await tools.drop(tallying.service, told, letter)


async def test_what_nobody_knows_yet_is_left_alone(house, nats, told):
    """Of a later version: the others of its aggregate follow it."""
    actor, counter = await a_member(house), new_id()
    ground = {"project": actor.project}
    unknown = _headers(aggregate=counter, kind="evt.counting.painted.v1", **ground)
    known = _headers(aggregate=counter, seq=2, **ground)
    publish(
        nats.url,
        _message(f"evt.counting.painted.v1.{actor.project}", unknown, b'{"colour": "blue"}'),
        _message(f"{SUBJECT}.{actor.project}", known, _body(counter, by=5, project=str(actor.project))),
    )
    assert await _is_heard(house, actor, counter, 5)
    assert await _letters(told) == []


async def test_a_beat_from_the_future_does_not_make_a_copy_fresh_for_ever(house, nats, pairs):
    publish(nats.url, _message("evt.counting.beat", b"NATS/1.0\r\n\r\n", b"9999-01-01T00:00:00+00:00"))
    assert await house.asker.operations.settle(seconds=SOON_SECONDS)
    heard = tallying.metadata.tables["owners_heard"]
    async with house.runtimes["tallying"].engine.connect() as c:
        at = await c.scalar(sa.select(heard.c.at).where(heard.c.owner == "counting"))
    assert at <= real_now()


async def test_more_than_the_broker_takes_is_refused_at_the_door(house, nats):
    with pytest.raises((AssertionError, OSError)):
        publish(nats.url, _fact(_body(by="x" * (1 << 20))))
    state = (await house.runtimes["tallying"].js.stream_info(STREAM)).state
    assert state.messages
