"""Announcements: to the address that a coordinator set, once each, and not a word of it anywhere else."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from commons_chassis import doors
from commons_chassis.clock import real_now
from commons_chassis.ids import new_id
from commons_chassis.runtime import running
from commons_chassis.settings import ServiceSettings, SettingError
from commons_chassis.testing import NOON, eventually, hear, refused, run
from commons_contracts import matching, mentoring
from commons_contracts.codes import DiscordState, DiscordTopic, MentorshipState, NoticeCode, RefusalCode, Role, Style
from commons_contracts.ids import PersonId
from commons_contracts.profiles import (
    ChooseDiscordTopics,
    Discord,
    RemoveDiscordWebhook,
    SetDiscordWebhook,
)
from commons_profiles.app import service
from commons_profiles.commands import discord as setting
from commons_profiles.post import herald as at
from commons_profiles.post.herald import Herald
from commons_profiles.post.sealing import Sealer
from commons_profiles.post.settings import PostSettings
from commons_profiles.tables import discord_posts, discord_webhooks, memberships, notices, projects

CANARY = "canary-" * 10
URL = f"https://discord.com/api/webhooks/123456789012345678/{CANARY}"
KEY = "k" * 32


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setattr(setting, "sealer", lambda: Sealer(KEY))


async def a_match(tx, **more):
    some = {name: new_id() for name in ("match", "round", "programme", "mentor", "mentee")}
    fact = matching.MatchConfirmed(
        project=tx.project,
        at=tx.now,
        programme_version=1,
        connection=None,
        style=Style.TRADITIONAL,
        **{**some, **more},
    )
    await hear(service, fact, tx)


async def waiting(tx):
    return sorted(row["topic"] for row in await tx.rows(sa.select(discord_posts)))


async def test_a_coordinator_sets_it_and_nobody_reads_the_address_again(tx, coordinate):
    await coordinate()
    view = await run(service, SetDiscordWebhook(url=URL, topics=(DiscordTopic.MATCHES,)), tx)
    assert (view.state, view.topics, view.since) == (DiscordState.ACTIVE, (DiscordTopic.MATCHES,), tx.now)
    assert (await run(service, Discord(), tx)).items == (view,)
    kept = bytes(await tx.value(sa.select(discord_webhooks.c.sealed)))
    assert CANARY not in view.model_dump_json()
    assert CANARY.encode() not in kept
    assert Sealer(KEY).open(kept, tx.project) == URL
    assert Sealer(KEY).open(kept, new_id()) is None
    assert Sealer("other" * 8).open(kept, tx.project) is None


async def test_what_is_no_webhook_is_refused_and_nothing_is_kept(tx, coordinate, monkeypatch):
    await coordinate()
    async with refused(tx, RefusalCode.WEBHOOK_NOT_ALLOWED):
        await run(service, SetDiscordWebhook(url="https://example.org/", topics=(DiscordTopic.CONDUCT,)), tx)
    monkeypatch.setattr(setting, "sealer", lambda: None)
    async with refused(tx, RefusalCode.WEBHOOK_NOT_ALLOWED):
        await run(service, SetDiscordWebhook(url=URL, topics=(DiscordTopic.CONDUCT,)), tx)


@pytest.mark.parametrize(
    "request_",
    [
        SetDiscordWebhook(url=URL, topics=(DiscordTopic.CONDUCT,)),
        ChooseDiscordTopics(topics=(DiscordTopic.CONDUCT,)),
        RemoveDiscordWebhook(),
        Discord(),
    ],
    ids=lambda request: type(request).__name__,
)
async def test_only_coordinators_may(tx, join, request_):
    await join(Role.MENTOR)
    async with refused(tx, RefusalCode.ROLE_NOT_ALLOWED):
        await run(service, request_, tx)


async def test_what_was_chosen_is_announced_once_and_other_things_are_not(tx, coordinate):
    await coordinate()
    async with refused(tx, RefusalCode.NOT_FOUND):
        await run(service, ChooseDiscordTopics(topics=(DiscordTopic.MATCHES,)), tx)
    await a_match(tx)
    await run(service, SetDiscordWebhook(url=URL, topics=(DiscordTopic.CONDUCT,)), tx)
    await a_match(tx)
    assert await waiting(tx) == []
    await run(service, ChooseDiscordTopics(topics=(DiscordTopic.MATCHES, DiscordTopic.COMPLETIONS)), tx)
    tx.cause = new_id()
    for _ in range(5):
        await doors.react(
            matching.RoundOpened(
                project=tx.project,
                at=tx.now,
                round=new_id(),
                programme=new_id(),
                programme_version=1,
                opens_at=None,
                closes_at=None,
            ),
            tx,
            service,
        )
    await a_match(tx)
    for state in (MentorshipState.ENDED_NO_FAULT, MentorshipState.COMPLETED):
        await hear(
            service,
            mentoring.MentorshipEnded(
                project=tx.project,
                at=tx.now,
                mentorship=new_id(),
                match=new_id(),
                programme=new_id(),
                style=Style.FLASH,
                state=state,
                turn=1,
            ),
            tx,
        )
    assert await waiting(tx) == [DiscordTopic.COMPLETIONS, DiscordTopic.MATCHES]
    await run(service, RemoveDiscordWebhook(), tx)
    assert await waiting(tx) == []
    assert (await run(service, Discord(), tx)).items == ()


async def test_a_fact_that_is_told_again_or_is_older_than_the_choice_is_not_announced(tx, coordinate):
    await coordinate()
    await run(service, SetDiscordWebhook(url=URL, topics=tuple(DiscordTopic)), tx)
    chosen = tx.now
    tx.now = chosen - timedelta(minutes=1)
    await a_match(tx)
    assert await waiting(tx) == []
    tx.now, tx.cause = chosen, new_id()
    some = {name: new_id() for name in ("match", "round", "programme", "mentor", "mentee")}
    more = {"programme_version": 1, "connection": None, "style": Style.FLASH}
    fact = matching.MatchConfirmed(project=tx.project, at=tx.now, **some, **more)
    await doors.react(fact, tx, service)
    await tx.run(sa.update(discord_posts).values(over_at=real_now()))
    await doors.react(fact, tx, service)
    assert await waiting(tx) == [DiscordTopic.MATCHES]


class Server:
    """Stands where Discord stands: remembers what it was asked, and answers as it is told."""

    def __init__(self):
        self.asked, self.says = [], []

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.lower().splitlines() if line.startswith("content-length")
        )
        self.asked.append((head.split("\r\n")[0], json.loads(await reader.readexactly(length))))
        status, headers, body = self.says.pop(0) if self.says else (200, "", "{}")
        answer = f"HTTP/1.1 {status} x\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
        writer.write(answer.encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def server():
    made = Server()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield made
    listening.close()
    await listening.wait_closed()


@pytest.fixture
async def herald(database, nats_url, server):
    told = ServiceSettings(
        env="dev", nats=nats_url, name="profiles", app_dsn=database.app_dsn, engine_dsn=database.engine_dsn
    )
    async with running(service, told) as runtime:
        yield Herald(runtime, PostSettings(env="dev", link_key=KEY, discord_server=server.url))


@asynccontextmanager
async def committed(herald, project):
    runtime = herald._runtime
    async with doors.transaction(service, runtime.app, doors.service_actor(project), NOON, own=True) as tx:
        yield tx


@pytest.fixture
async def project(herald):
    """One with a coordinator, a webhook and two announcements that wait; all of it is gone afterwards."""
    id, cora = new_id(), PersonId(new_id())
    async with committed(herald, id) as tx:
        await tx.run(
            sa.insert(projects).values(id=id, slug=str(id), name="x", zone="Europe/Oslo", languages=("nb", "en"))
        )
        member = {"project": id, "person": cora, "roles": (Role.COORDINATOR,), "active_on": NOON.date(), "version": 1}
        await tx.run(sa.insert(memberships).values(id=new_id(), **member))
        webhook = {"topics": tuple(DiscordTopic), "state": DiscordState.ACTIVE, "since": NOON}
        await tx.run(sa.insert(discord_webhooks).values(project=id, sealed=Sealer(KEY).close(URL, id), **webhook))
        now = real_now()
        post = {"project": id, "try_at": now, "ends_at": now + timedelta(days=1), "tries": 0}
        for topic in (DiscordTopic.MATCHES, DiscordTopic.CONDUCT):
            await tx.run(sa.insert(discord_posts).values(id=new_id(), topic=topic, **post))
    yield id
    async with committed(herald, id) as tx:
        for table in (projects, memberships, discord_webhooks, discord_posts, notices):
            column = table.c.id if table is projects else table.c.project
            await tx.run(sa.delete(table).where(column == id))


async def posts(herald, project):
    async with committed(herald, project) as tx:
        mine = sa.select(discord_posts).where(discord_posts.c.project == project)
        return list(await tx.rows(mine.order_by(discord_posts.c.id)))


async def shown(herald, project):
    async with committed(herald, project) as tx:
        return await tx.row(sa.select(discord_webhooks).where(discord_webhooks.c.project == project))


async def again(herald, project):
    async with committed(herald, project) as tx:
        now = real_now()
        await tx.run(sa.update(discord_posts).values(try_at=now).where(discord_posts.c.project == project))
        await tx.run(sa.update(discord_webhooks).values(rests_until=None).where(discord_webhooks.c.project == project))


async def test_it_says_what_happened_in_the_projects_language_and_is_over(herald, server, project):
    ids = [row["id"] for row in await posts(herald, project)]
    assert await herald.announce_some() == 2
    assert await herald.announce_some() == 0
    (line, _), _ = server.asked
    assert line == f"POST /api/webhooks/123456789012345678/{CANARY}?wait=true HTTP/1.1"
    fixed = (
        "En adept og en mentor har funnet hverandre.",
        "En ny versjon av en atferdskode gjelder. Les og godta den på STEM Commons.",
    )
    whole = {"allowed_mentions": {"parse": []}, "enforce_nonce": True}
    assert [said for _, said in server.asked] == [
        {"content": text, "nonce": id.hex[:25], **whole} for text, id in zip(fixed, ids, strict=True)
    ]
    assert all(row["over_at"] for row in await posts(herald, project))


async def test_a_crash_after_sending_says_the_same_again_under_the_same_id(herald, server, project, monkeypatch):
    async def dies(*_):
        raise RuntimeError

    with monkeypatch.context() as crash:
        crash.setattr(Herald, "_answered", dies)
        with pytest.raises(RuntimeError):
            await herald.announce_some()
    assert await herald.announce_some() == 0  # somebody has them
    await again(herald, project)
    assert await herald.announce_some() == 2
    assert server.asked[0] == server.asked[1]


@pytest.mark.parametrize(
    "says",
    [
        (429, "", '{"retry_after": 2.5, "global": false}'),
        (429, "Retry-After: 2.5\r\n", ""),
        (429, "Retry-After: x\r\n", "[]"),
    ],
    ids=["body", "header", "neither"],
)
async def test_it_rests_as_long_as_discord_says(herald, server, project, says):
    server.says = [says]
    before = real_now()
    assert await herald.announce_some() == 2
    assert len(server.asked) == 1
    rests = ((await shown(herald, project))["rests_until"] - before).total_seconds()
    assert 2.5 <= rests < (70 if "x" in says[1] else 10)
    assert await herald.announce_some() == 0
    await again(herald, project)
    assert await herald.announce_some() == 2
    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_webhook_that_is_gone_is_disabled_and_the_coordinator_told_once(herald, server, project, status):
    server.says = [(status, "", "{}")] * 2
    await herald.announce_some()
    await again(herald, project)
    assert await herald.announce_some() == 0
    assert len(server.asked) == 1
    assert (await shown(herald, project))["state"] == DiscordState.DISABLED
    assert await posts(herald, project) == []
    async with committed(herald, project) as tx:
        assert [row["code"] for row in await tx.rows(sa.select(notices).where(notices.c.project == project))] == [
            NoticeCode.DISCORD_DISABLED
        ]


@pytest.mark.parametrize(
    ("key", "url"), [("other" * 8, URL), (KEY, "https://example.org/api/webhooks/1/x")], ids=["key", "place"]
)
async def test_an_address_that_no_key_opens_or_nobody_may_set_is_disabled_too(herald, server, project, key, url):
    async with committed(herald, project) as tx:
        mine = sa.update(discord_webhooks).where(discord_webhooks.c.project == project)
        await tx.run(mine.values(sealed=Sealer(key).close(url, project)))
    await herald.announce_some()
    assert server.asked == []
    assert (await shown(herald, project))["state"] == DiscordState.DISABLED


async def test_once_it_has_stopped_nothing_is_tried_or_kept_and_nobody_told_again(herald, server, project):
    await asyncio.gather(*(herald._disable(project, "404") for _ in range(3)))
    late = {"project": project, "topic": DiscordTopic.MATCHES, "tries": 0}
    async with committed(herald, project) as tx:
        await a_match(tx)
        now = real_now()
        late |= {"try_at": now, "ends_at": now + timedelta(days=1)}
        assert await waiting(tx) == []
        await tx.run(sa.insert(discord_posts).values(id=new_id(), **late))
    assert await herald.announce_some() == 0
    assert server.asked == []
    async with committed(herald, project) as tx:
        assert len(await tx.rows(sa.select(notices).where(notices.c.project == project))) == 1


async def test_no_proxy_of_the_environment_sees_an_address(herald, server, project, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    await herald.announce_some()
    assert len(server.asked) == 2


async def test_a_redirect_leads_nowhere(herald, server, project):
    server.says = [(302, f"Location: {server.url}/internal\r\n", "")]
    assert await herald.announce_some() == 2
    assert all("/internal" not in line for line, _ in server.asked)
    assert all(row["over_at"] for row in await posts(herald, project))


async def test_trouble_is_tried_again_later_and_given_up_after_a_day(herald, server, project):
    server.says = [(500, "", "")] * 2
    before = real_now()
    await herald.announce_some()
    rows = await posts(herald, project)
    assert all(row["over_at"] is None and row["try_at"] >= before + timedelta(seconds=30) for row in rows)
    async with committed(herald, project) as tx:
        await tx.run(sa.update(discord_posts).values(ends_at=before, try_at=before))
    assert await herald.announce_some() == 0
    assert all(row["over_at"] for row in await posts(herald, project))


async def test_nothing_of_the_address_is_logged(herald, server, project, capsys):
    server.says = [(500, "", CANARY)]
    await herald.announce_some()
    herald._server = "http://127.0.0.1:9"
    await again(herald, project)
    await herald.announce_some()
    server.says = [(404, "", CANARY)]
    herald._server = server.url
    await again(herald, project)
    await herald.announce_some()
    out = capsys.readouterr()
    assert "an announcement was not taken" in out.out + out.err
    assert CANARY not in out.out + out.err


def test_another_server_is_for_development_alone():
    with pytest.raises(SettingError, match="DISCORD_SERVER"):
        PostSettings(env="production", nats_seed="x", discord_server="http://127.0.0.1:1").fit()


async def test_work_goes_on_until_the_process_stops(herald, server, project, monkeypatch):
    monkeypatch.setattr(at, "TICK_SECONDS", 0.01)
    working = asyncio.create_task(herald.run())
    assert await eventually(lambda: len(server.asked) == 2)
    herald._runtime.stopping = True
    await asyncio.wait_for(working, 5)
