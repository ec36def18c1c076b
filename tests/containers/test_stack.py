"""The stack of docker-compose.yml at work: the first journey on it, more of one service, crashes, and what is kept."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys

import pytest

from commons_contracts.codes import Conduct, Role
from commons_onebox.demo import j1, stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.demo.player import Faulted

from .stack import SERVICES, docker

RULES = 95
PROCESSES = "{ platform { services { name processes } } }"
MINE = "{ viewer { connections(first: 100) { totalCount nodes { id state } } memberships { roles conduct { kind accepted } } } }"
LOGGED = "select count(*), md5(string_agg(t::text, '' order by position)) from event_log t"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def played(development):
    """The verdicts of J1, asked through the published port from outside."""
    demo = [sys.executable, "-m", "commons_onebox", "demo", "--against", development.url, "--json"]
    done = subprocess.run(
        [*demo, "--key", str(development.key), "J1"], capture_output=True, text=True, check=False, timeout=600
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done


def on_stage(stack, story):
    """What a story comes to, told to the stack by its address and its issuer's key."""

    async def told():
        async with stage_at(stack.key, stack.url, Judge("containers"), j1.JOURNEY.project) as stage:
            return await story(stage)

    return asyncio.run(told())


async def a_newcomer(stage):
    """Three commands of J1 that reach every service: someone registers, joins, and accepts the code."""
    player = stage.player(f"newcomer-{os.urandom(4).hex()}@{j1.JOURNEY.project}")
    await player.does("registerPerson", displayName="Kajsa", birthYear=1996, birthMonth=4, country="SE", language="SV")
    await player.does("joinProject", roles=[Role.MENTEE])
    await player.does("acceptCodeOfConduct", kind=Conduct.COMMUNITY, version=2)
    await stage.quiet()
    seen = (await player.ask(MINE))["viewer"]
    assert seen["memberships"][0]["roles"] == ["MENTEE"]
    assert seen["connections"]["totalCount"] == 0


async def _persistently(story, stage):
    """Someone who asks again while a part comes back."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await story(stage)
            except (Faulted, OSError, TypeError):
                await asyncio.sleep(0.5)


def test_every_rule_of_the_first_journey_holds(played):
    verdicts, done = played
    failed = [v for v in verdicts if not v["passed"]]
    assert failed == [], f"{failed} {done.stderr}"
    assert len(verdicts) == RULES, done.stderr
    assert done.returncode == 0


def test_three_of_a_service_share_its_queue(development, played):
    development.up("--scale", "matching=3", "--no-recreate")

    async def asked(stage):
        found = (await stage.operator.ask(PROCESSES))["platform"]["services"]
        mentee = stage.player(f"mentee@{j1.JOURNEY.project}")
        await asyncio.gather(*(mentee.ask(MINE) for _ in range(90)))
        return {each["name"]: each["processes"] for each in found}

    assert on_stage(development, asked) == {**dict.fromkeys(SERVICES, 1), "matching": 3}
    counts = [_answered(development, index) for index in (1, 2, 3)]
    print(f"answered by each of three: {counts}", file=sys.stderr)
    assert all(count >= 10 for count in counts)
    development.up("--scale", "matching=1", "--no-recreate")


def _answered(stack, index):
    """How many questions this one of the three has answered."""
    ask = "from urllib.request import urlopen as u; print(u('http://127.0.0.1:8081/metrics').read().decode())"
    page = stack.inside("matching", "python", "-c", ask, index=index)
    return sum(int(float(n)) for n in re.findall(r"^commons_rpc_total\{.*\} (\S+)$", page, re.MULTILINE))


@pytest.mark.parametrize("victim", ["matching", "gateway", "nats", "postgres"])
def test_who_is_killed_comes_back_and_commands_go_on(development, played, victim):
    development.kill(victim)
    on_stage(development, lambda stage: _persistently(a_newcomer, stage))


def test_everything_outlives_going_down_and_up(development, played):
    def known():
        logs = {name: development.sql(f"commons_{name}", LOGGED) for name in SERVICES}
        mentee = on_stage(development, lambda stage: stage.player(f"mentee@{j1.JOURNEY.project}").ask(MINE))
        return logs, mentee

    on_stage(development, lambda stage: stage.quiet())
    before = known()
    secrets = development.inside("gateway", "sha256sum", "/run/secrets/nats_seed", "/run/secrets/secret")
    development.compose("down", "--timeout", "20")
    assert not development.answers()
    development.up()
    assert known() == before
    assert development.inside("gateway", "sha256sum", "/run/secrets/nats_seed", "/run/secrets/secret") == secrets
    on_stage(development, a_newcomer)


def test_a_broker_whose_store_is_gone_is_told_everything_again(development):
    logged = sum(int(development.sql(f"commons_{name}", "select count(*) from event_log")) for name in SERVICES)
    development.compose("rm", "--stop", "--force", *SERVICES, "gateway", "secrets", "deploy", "nats")
    docker("volume", "rm", f"{development.name}_streams")
    development.up()
    on_stage(development, lambda stage: stage.quiet())
    page = development.inside("nats", "wget", "-q", "-O", "-", "http://127.0.0.1:8222/jsz?streams=true")
    kept = {s["name"]: s["state"]["messages"] for a in json.loads(page)["account_details"] for s in a["stream_detail"]}
    assert kept["EVENTS"] >= logged > 0
