"""5,000 mentors and 20,000 mentees in one project, from spreadsheets to mentorships, in GraphQL. `make bench-round`."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import defaultdict
from datetime import timedelta

import httpx
import pytest
from faults.ground import house

from commons_chassis.clock import real_now
from commons_chassis.testing import eventually
from commons_contracts.codes import Role
from commons_onebox import scaling
from commons_onebox.importing import Desk
from commons_onebox.seed.plan import PLANS
from commons_onebox.tokens import issue

from .following import Runs
from .kept import keep
from .rush import Rush
from .sheets import tables
from .stages import Stages

pytestmark = pytest.mark.bench
MENTORS, MENTEES = int(os.environ.get("ROUND_MENTORS", "5000")), int(os.environ.get("ROUND_MENTEES", "20000"))
PROCESSES, SEED = int(os.environ.get("ROUND_PROCESSES", "2")), int(os.environ.get("ROUND_SEED", "1"))
HEARD_SECONDS, TOWNS = 1800.0, 400
PROJECT = "women-stem-up"
PLAN = next(plan for plan in PLANS if plan.slug == PROJECT)
"""Whose frame leaves it to the platform who is matched with whom."""
WEIGHTS = {"FIELD": 3500, "GOALS": 2500, "LANGUAGES": 2000, "STAGE": 1000, "PLACE": 1000}
RULES = {
    "units": ["PAIR"],
    "styles": ["TRADITIONAL"],
    "requests": {"initiator": "BY_METHOD"},
    "recruitmentLeadDays": 60,
    "matching": {
        "method": "ALGORITHM",
        "collected": list(WEIGHTS),
        "criteria": [{"criterion": criterion, "points": points} for criterion, points in WEIGHTS.items()],
    },
    "places": {"most": 20},
    "time": {"durationMonths": {"least": 1}, "sessionMinutes": {"least": 20, "most": 60}},
    "steps": {"phases": [{"style": "TRADITIONAL", "phases": ["PREPARATION", "NEGOTIATION", "ENABLING", "CLOSURE"]}]},
    "entry": {"minors": False},
}
"""What people tell of themselves in a spreadsheet, and no training, which nobody has had who was in one."""
DRAFT = """mutation ($input: CreateProgrammeInput!) { createProgramme(input: $input) {
  ... on Programme { id } ... on Refused { code params } } }"""
PUBLISH = """mutation ($input: PublishProgrammeInput!) { publishProgramme(input: $input) {
  ... on Programme { id } ... on Refused { code params } } }"""
ROUND = "query ($id: ID!) { node(id: $id) { ... on Programme { round { id open } } } }"


def _opened(desk):
    """A programme that matches by what a spreadsheet tells; its round is open."""
    starts = (real_now() + timedelta(days=30)).date()
    dates = {"startsOn": starts.isoformat(), "endsOn": (starts + timedelta(days=120)).isoformat()}
    drafted = desk.ask(DRAFT, input={"rules": RULES, **dates})["createProgramme"]
    assert "id" in drafted, drafted
    published = desk.ask(PUBLISH, input={"programme": drafted["id"]})["publishProgramme"]
    assert "id" in published, published
    while (round := desk.ask(ROUND, id=drafted["id"])["node"]["round"]) is None or not round["open"]:
        time.sleep(0.2)
    return round["id"]


def _imported(ground, desk, round, stages):
    towns = defaultdict(list)
    for id, country in ground.sql("geo", f"select id, country from places order by population desc limit {TOWNS}"):
        towns[country].append(id)
    handed = []
    for role in (Role.MENTOR, Role.MENTEE):
        for nth, (count, content) in enumerate(tables(role, MENTORS, MENTEES, SEED, towns), 1):
            name = f"{role.value.lower()}s, table {nth}"
            with stages.stage(f"{name}: {count} rows read"):
                sheet = desk.hand_in(content, role=role, round=round)
                assert (sheet["state"], sheet["new"], sheet["wrong"]) == ("READ", count, 0), sheet
            with stages.stage(f"{name}: taken over"):
                sheet = desk.confirm(sheet["id"])
                assert sheet["state"] == "IMPORTED", sheet
            handed.append((sheet["id"], count))
    with stages.stage("all registered in matching"):
        for sheet, count in handed:
            desk.registered(sheet, count)
    with stages.stage("everything heard"):
        _quiet(ground)


def _quiet(ground):
    """Everything is told, and heard by whoever wants to know."""
    services = ("profiles", "matching", "mentoring", "community", "geo")
    until = time.monotonic() + HEARD_SECONDS
    while any(ground.one(name, "select count(*) from outbox") for name in services):
        assert time.monotonic() < until
        time.sleep(0.5)


async def _computed(ground, round, stages):
    async with Rush.of(ground.home, ground.home.run.url, project=PROJECT, round=round) as rush:
        return await _played(ground, Runs(ground.home, rush), stages)


async def _played(ground, runs, stages):
    with stages.stage("a dry run, hands cold"):
        found = await runs.ended(await runs.start(seed=SEED))
        assert found["state"] == "PROPOSED", found
    with stages.stage("run, from its start until it is proposed"):
        run = await runs.start(dry=False, seed=SEED)
        again = await runs.ended(run)
        assert again["resultHash"] == found["resultHash"]
    with stages.stage("all proposals, in pages of 100"):
        proposals = await runs.pages(run)
        assert len(proposals) == again["matched"]
        assert all(sum(part["contribution"] for part in each["explanation"]) == each["score"] for each in proposals)
    with stages.stage("published"):
        published = await runs.publish(run)
        assert published == {"state": "PUBLISHED"}, published
    with stages.stage("every match told"):
        await eventually(lambda: ground.one("matching", "select count(*) from outbox") == 0, seconds=HEARD_SECONDS)
    opened = "select count(*) from mentorships"
    with stages.stage("every mentorship opened"):
        told = await eventually(lambda: ground.one("mentoring", opened) == again["matched"], seconds=HEARD_SECONDS)
        assert told
    return again


def test_a_round_of_twenty_five_thousand(tmp_path_factory, capsys):
    with capsys.disabled(), house(tmp_path_factory.mktemp("round"), mentors=1, mentees=1, plan=PLAN) as ground:
        stages = Stages(ground.home)
        scaling.ask(ground.home, ground.home.run, "matching", PROCESSES, print)
        token = issue(ground.home.issuer_key, f"COORDINATOR@{PROJECT}")
        with httpx.Client(base_url=ground.home.run.url, timeout=120) as http:
            desk = Desk(http, token, PROJECT)
            round = _opened(desk)
            _imported(ground, desk, round, stages)
        found = asyncio.run(_computed(ground, round, stages))
        matches = ground.one("matching", "select count(*) from matches where over_at is null")
        over = ground.one("matching", "select count(*) from places where used > most")
        lost = ground.one("matching", "select count(*) from dead_letters")
    said = {"mentors": MENTORS, "mentees": MENTEES, "processes": PROCESSES, "seed": SEED, "run": found}
    said |= {"stages": stages.found}
    with capsys.disabled():
        print(json.dumps(said, indent=1))
    keep("round", said)
    assert (matches, over, lost) == (found["matched"], 0, 0)
    assert found["matched"] >= 0.6 * min(found["places"], found["mentees"])
