"""Somebody with a service's own key tells nonsense: it is put aside, shown without its words, and everything else goes on."""

from __future__ import annotations

import asyncio
import json
from io import StringIO

import pytest
from rich.console import Console

from commons_chassis.connect import connected
from commons_chassis.deploy import STREAM
from commons_chassis.ids import new_id
from commons_chassis.wire import Envelope, subject_on_ground
from commons_contracts.base import Actor
from commons_contracts.profiles import MembershipBegan, PauseMentoring
from commons_onebox import repairs
from commons_onebox.home import SERVICES
from commons_onebox.server import wait_until

from .acts import PROJECT, asking, calm, match
from .ground import Ground
from .truths import broken

pytestmark = pytest.mark.faults

OWNER = "profiles"
PERSONAL = ("Lovelace", "ada@example.org", "+46701234567")
WORDS = " ".join(PERSONAL)
LISTENERS = ("community", "matching", "mentoring")
DEAD = "select count(*) from dead_letters"
SOON_SECONDS = 20.0


def _shown(ground: Ground) -> str:
    """What an operator sees."""
    console = Console(file=StringIO(), width=250)
    repairs.show_letters(ground.home, console)
    return console.file.getvalue()


def _next_fact(ground: Ground, person, body: object) -> tuple[str, bytes, dict[str, str]]:
    """What the owner would tell next of this person's membership, but for the body."""
    aggregate, last, at = ground.sql(
        OWNER,
        f"select m.id, s.seq, now() from memberships m join sequences s on s.aggregate = m.id where person = '{person}'",
    )[0]
    envelope = Envelope(id=new_id(), aggregate=aggregate, seq=last + 1, project=PROJECT)
    headers = envelope.headers(MembershipBegan.subject, at.isoformat())
    return subject_on_ground(MembershipBegan.subject, PROJECT), json.dumps(body).encode(), headers


def _tell(ground: Ground, *facts: tuple[str, bytes, dict[str, str]]) -> None:
    async def telling():
        async with connected(ground.url, OWNER, ground.home.seed(OWNER)) as client:
            for subject, body, headers in facts:
                await client.jetstream().publish(subject, body, stream=STREAM, headers=headers)

    asyncio.run(telling())


def _pause(ground: Ground, mentor) -> None:
    async def pausing():
        async with asking(ground) as asker:
            await asker.ask(PauseMentoring(), Actor(person=mentor, project=PROJECT))

    asyncio.run(pausing())


def _is_paused(ground: Ground, mentor) -> bool:
    return ground.one("matching", f"select count(*) from cards where person = '{mentor}' and paused") == 1


def test_what_the_owner_could_not_have_told_is_put_aside_and_the_others_go_on(lasting, unmatched, unasked):
    victim, pair = next(unasked), next(unmatched)
    began = {name: lasting.home.run.started[name] for name in LISTENERS}
    no_fact = subject_on_ground(MembershipBegan.subject, PROJECT), WORDS.encode(), {"ce-id": WORDS}
    _tell(lasting, no_fact, _next_fact(lasting, victim, {"membership": WORDS, "person": WORDS, "adult": WORDS}))

    match(lasting, [pair])
    matched = f"select count(*) from mentorships where mentor = '{pair.mentor}'"
    assert wait_until(lambda: lasting.one("mentoring", matched) == 1, SOON_SECONDS, pause=0.1)
    assert wait_until(lambda: all(lasting.one(n, DEAD) == 2 for n in LISTENERS), SOON_SECONDS, pause=0.1)
    assert {name: lasting.home.run.started[name] for name in LISTENERS} == began

    shown = _shown(lasting)
    assert shown.count("no fact") == len(SERVICES) - 1
    assert shown.count("ValidationError") == len(LISTENERS)
    told = [shown, *(file.read_text(errors="replace") for file in (lasting.home.folder / "logs").iterdir())]
    assert [word for word in PERSONAL if any(word in text for text in told)] == []
    assert {digested for _, digested in repairs.redrive(lasting.home, [])} == {False}
    _pause(lasting, victim)  # the number that was taken in the owner's name is told in truth
    assert wait_until(lambda: _is_paused(lasting, victim), SOON_SECONDS, pause=0.1)


def test_the_owners_own_facts_follow_and_what_was_put_aside_can_be_dropped(lasting, unasked):
    mentor, later = next(unasked), next(unasked)
    before = {name: lasting.one(name, DEAD) for name in LISTENERS}
    _tell(lasting, *(_next_fact(lasting, each, {"membership": WORDS}) for each in (mentor, later)))
    both = {name: count + 2 for name, count in before.items()}
    assert wait_until(lambda: {n: lasting.one(n, DEAD) for n in LISTENERS} == both, SOON_SECONDS, pause=0.1)
    _pause(lasting, mentor)
    assert wait_until(lambda: _is_paused(lasting, mentor), SOON_SECONDS, pause=0.1)

    assert len(list(repairs.drop(lasting.home, []))) > 0
    assert "There are no dead letters" in _shown(lasting)
    _pause(lasting, later)  # what was put aside had taken the number of this fact
    assert wait_until(lambda: _is_paused(lasting, later), SOON_SECONDS, pause=0.1)
    assert calm(lasting)
    assert broken(lasting) == []
