"""What the broker forbids is never silent: it ends a process that starts, and is said and counted later."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import warnings
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from toy import counting, tallying
from toy.counting import Raise, Raised, Start
from toy.people import a_member
from toy.tallying import Tally

from commons_chassis.ask import Asker
from commons_chassis.connect import API, DEPLOY, GATEWAY, OPERATOR, Denied, connected
from commons_chassis.deploy import STREAM, declare_streams
from commons_chassis.ids import new_id
from commons_chassis.metrics import DENIED
from commons_chassis.operate import Operations
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings
from commons_chassis.testing import eventually, make_database
from commons_onebox.alive import alive, started
from commons_onebox.keys import new_seed, public_half
from commons_onebox.subjects import users
from commons_onebox.testing import start_nats

SERVICES = [counting.service, tallying.service]


@pytest.fixture
def walled(tmp_path):
    """Starts a broker that lets in who should come in; `without(user, subject)` is taken from what she may."""
    running = []

    def start(*without):
        allowed = [_less(user, without) for user in users(SERVICES, movable=True)]
        running.append(start_nats(tmp_path, users=allowed))
        return running[-1]

    yield start
    for broker in running:
        broker.stop()


def _less(user, without):
    taken = {subject for name, subject in without if name == user.name}
    assert taken <= {*user.publish, *user.subscribe}
    said = {kind: tuple(s for s in getattr(user, kind) if s not in taken) for kind in ("publish", "subscribe")}
    return replace(user, **said)


@pytest.fixture
def pairs(postgres_dsn, worker_id):
    return [(s, make_database(s, postgres_dsn, suffix=f"_denied_{worker_id}")) for s in SERVICES]


def _told(broker, pair, *, seed=None):
    service, db = pair
    return ServiceSettings(
        env="dev", nats=broker.url, nats_seed=broker.seeds[service.name] if seed is None else seed, name=service.name,
        app_dsn=db.app_dsn, engine_dsn=db.engine_dsn, owner_dsn=db.owner_dsn,
    )  # fmt: skip


async def _declared(broker):
    await declare_streams(broker.url, SERVICES, broker.seeds[DEPLOY])


async def test_behind_the_walls_everything_works(walled, pairs):
    broker = walled()
    before = sum(child._value.get() for child in DENIED.values())
    async with alive(pairs, broker.url, seeds=broker.seeds) as house:
        actor = await a_member(house)
        counter = (await house.asker.ask(Start(), actor)).id
        await house.asker.ask(Raise(counter=counter, by=3), actor)
        await house.asker.operations.settle()
        assert (await house.asker.ask(Tally(counter=counter), actor)).raised == 3
        await house.asker.operations.redeliver("counting", counter, times=2)
        async with connected(broker.url, OPERATOR, broker.seeds[OPERATOR]) as operator:
            assert {state.name for state in await Operations(operator).overview()} == {"counting", "tallying"}
            moved = await Operations(operator).move_clock(None, frozen=True)
            assert await house.asker.operations.clock() == moved
            await Operations(operator).move_clock(None, frozen=False)
    assert sum(child._value.get() for child in DENIED.values()) == before


@pytest.mark.parametrize("seed", ["", new_seed()], ids=["none", "another"])
async def test_nobody_comes_in_without_a_key(walled, seed):
    broker = walled()
    with pytest.raises(Denied, match=r"The broker does not know the key of gateway\."):
        await Asker(broker.url, name="stranger", seed=seed).start()
    with pytest.raises(Denied, match=r"The broker does not know the key of deploy\."):
        await declare_streams(broker.url, SERVICES, seed)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect()  # nats-py does not close what was not let in


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("rpc.tallying.> tallying", "subscribe to rpc.tallying.>"),
        ("ctl.ping", "subscribe to ctl.ping"),
        ("_INBOX_tallying.>", "subscribe to _inbox_tallying."),
        (f"{API}.CONSUMER.MSG.NEXT.{STREAM}.tallying-counting", "publish to facts.api.consumer.msg.next."),
        (f"{API}.STREAM.INFO.KV_CLOCK", "publish to facts.api.stream.info.kv_clock"),
    ],
)
async def test_a_service_that_may_not_do_its_work_does_not_start(walled, pairs, subject, sentence):
    broker = walled(("tallying", subject))
    await _declared(broker)
    with pytest.raises(Denied) as no:
        async with started(tallying.service, _told(broker, pairs[1])):
            pass
    assert str(no.value).startswith(f"The broker does not let tallying {sentence}")


async def test_one_that_may_not_tell_its_facts_ends_soon(walled, pairs):
    broker = walled(("counting", "evt.counting.>"))
    await _declared(broker)
    async with started(counting.service, _told(broker, pairs[0])) as runtime:
        await asyncio.wait_for(runtime.dead.wait(), 9)  # its first beat
        with pytest.raises(Denied, match=r"counting publish to evt\.counting\.beat\."):
            runtime.denials.check()


async def test_a_job_that_may_not_do_its_part_says_which(walled):
    broker = walled((DEPLOY, f"$JS.API.STREAM.UPDATE.{STREAM}"))
    with pytest.raises(Denied, match=r"deploy publish to \$js\.api\.stream\.update\.events\."):
        await _declared(broker)


def test_a_process_ends_with_the_sentence_alone(walled):
    broker = walled()
    told = {
        "COMMONS_ENV": "dev",
        "COMMONS_NATS": broker.url,
        "COMMONS_NATS_SEED": new_seed(),
        "COMMONS_GEO__APP_DSN": "postgresql://nobody@127.0.0.1:1/none",
        "COMMONS_GEO__ENGINE_DSN": "postgresql://nobody@127.0.0.1:1/none",
    }
    command = [sys.executable, "-m", "commons_chassis", "geo"]
    ended = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "The broker does not know the key of geo."
    assert "Traceback" not in ended.stderr
    del told["COMMONS_GEO__APP_DSN"]
    ended = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("COMMONS_GEO__APP_DSN_FILE is missing")


async def test_later_a_denial_is_said_once_and_counted(walled, pairs):
    broker = walled()
    async with alive(pairs, broker.url, seeds=broker.seeds) as house:
        runtime = house.runtimes["counting"]
        runtime.denials.starting = False
        before = DENIED["counting",]._value.get()
        with capture_logs() as logs:
            for project in (new_id(), new_id()):
                await runtime.client.publish(f"evt.tallying.forged.v1.{project}", b"{}")
            await _said(runtime.client)
        said = [line["event"] for line in logs if "does not let" in line["event"]]
        assert len(said) == 1
        assert said[0].startswith("The broker does not let counting publish to evt.tallying.forged.v1.")
        assert DENIED["counting",]._value.get() == before + 2
        assert not runtime.dead.is_set()


async def test_an_answer_is_given_once_where_it_was_asked_for_and_a_late_one_ends_nobody(walled, pairs):
    broker = walled()
    asker, heard = Asker(broker.url, name="test", seed=broker.seeds[GATEWAY]), []
    await asker.start()
    async with running(tallying.service, _told(broker, pairs[1])) as runtime:
        asked = asyncio.get_running_loop().create_future()
        await runtime.client.subscribe("rpc.tallying.echo", queue="tallying", cb=_into(asked.set_result))
        await asker.client.subscribe(reply := asker.client.new_inbox(), cb=_into(heard.append))
        await _said(runtime.client)
        await asker.client.publish("rpc.tallying.echo", b"", reply=reply)
        message = await asyncio.wait_for(asked, 10)
        before = DENIED["tallying",]._value.get()
        for words in (b"first", b"second"):
            await message.respond(words)
        await runtime.client.publish(f"{reply}x", b"elsewhere")
        await _said(runtime.client)
        await _said(asker.client)
        assert [each.data for each in heard] == [b"first"]
        assert DENIED["tallying",]._value.get() == before + 2
        assert runtime.denials.starting
        assert not runtime.dead.is_set()
    await asker.stop()


async def test_what_the_broker_says_in_its_own_name_deceives_nobody(walled, pairs):
    """Who may publish something may name any subject for the answer: the broker acknowledges, or delivers, there."""
    broker = walled()
    async with alive(pairs, broker.url, seeds=broker.seeds) as house:
        actor, client = await a_member(house), house.runtimes["tallying"].client
        counter = (await house.asker.ask(Start(), actor)).id
        await house.asker.ask(Raise(counter=counter, by=3), actor)
        await house.asker.operations.settle()
        foreign = f"{Raised.subject}.{actor.project}"
        verbs = (f"{api}.STREAM.{verb}.{STREAM}" for api in ("$JS.API", API) for verb in ("PURGE", "DELETE"))
        for target in (foreign, *verbs, f"$JS.API.CONSUMER.DELETE.{STREAM}.tallying-counting"):
            await client.publish("evt.tallying.x.v1", b"{}", reply=target)
            wanted = f"{API}.CONSUMER.MSG.NEXT.{STREAM}.tallying-counting"
            await client.publish(wanted, b'{"batch": 3, "no_wait": true}', reply=target)
        await house.asker.ask(Raise(counter=counter, by=4), actor)

        async def heard():
            return (await house.asker.ask(Tally(counter=counter), actor)).raised == 7

        assert await eventually(heard, seconds=30)
        async with connected(broker.url, DEPLOY, broker.seeds[DEPLOY]) as deploy:
            state = (await deploy.jetstream().stream_info(STREAM)).state
        assert (state.first_seq, state.num_deleted or 0) == (1, 0)


def _into(take):
    async def taken(message):
        take(message)

    return taken


async def _said(client):
    """All that was said has reached the broker, and its answers us: a ping may overtake what waits, a second one cannot."""
    await client.flush()
    await client.flush()


async def test_a_key_that_is_worth_nothing_any_more_ends_the_process(walled, pairs):
    broker = walled()
    async with alive(pairs, broker.url, seeds=broker.seeds) as house:
        runtime = house.runtimes["tallying"]
        runtime.denials.starting = False
        server = broker.server
        known, other = public_half(broker.seeds["tallying"]), public_half(new_seed())
        replace(server, authorization=server.authorization.replace(known, other)).prepare()
        broker.process.send_signal(1)  # SIGHUP: read the list again
        await asyncio.wait_for(runtime.dead.wait(), 10)
        assert not house.runtimes["counting"].dead.is_set()
        assert await eventually(lambda: runtime.denials.fatal) == "The broker does not know the key of tallying."
