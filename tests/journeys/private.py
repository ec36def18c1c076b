"""What one writes for oneself alone, written through GraphQL on a running platform; and every place where it could be."""

from __future__ import annotations

import asyncio
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from commons_chassis.ids import new_id
from commons_chassis.testing import eventually
from commons_contracts.codes import Conduct, Role
from commons_contracts.ids import person_of, project_of
from commons_gateway import devtoken
from commons_gateway.post import sent
from commons_gateway.relay import global_id
from commons_onebox.backup import client_environment
from commons_onebox.demo import stage_at
from commons_onebox.demo.judge import Judge
from commons_onebox.demo.player import Player
from commons_onebox.demo.stage import Stage
from commons_onebox.home import KEY_STORE, SERVICES, Home
from commons_onebox.house import running
from commons_onebox.postgres import binaries

WORD, FOR_THE_PROJECT = "kanariefagel9c2e", "projektfagel4d1b"
"""Words that nobody else says: for oneself alone, and in what the project reads."""
ADDRESS = "brevkanarie5e1a@example.org"
WESTEM = "westem"
EVALUATE = """mutation ($input: SessionEvaluationInput!) { done: submitSessionEvaluation(input: $input) {
  __typename ... on Refused { code params } ... on Evaluation { id readers } } }"""
FINAL = """mutation ($input: EvaluationInput!) { done: submitFinalEvaluation(input: $input) {
  __typename ... on Refused { code params } ... on Evaluation { id readers } } }"""
SHARE = """mutation ($input: ShareNoteInput!) { done: shareNote(input: $input) {
  __typename ... on Refused { code params } ... on Evaluation { id } } }"""
QUIET = """mutation { done: setNoticePreferences(input: {quietFrom: 0, quietUntil: 0}) {
  __typename ... on Refused { code } } }"""
END = """mutation ($input: MentorshipInput!) { done: endMentorship(input: $input) {
  __typename ... on Refused { code params } } }"""
DESTROY = "mutation { done: destroyPrivateAnswers(input: {}) { __typename ... on Refused { code } } }"
READ = "query ($id: ID!) { node(id: $id) { ... on Evaluation { side answers { question words } destroyed } } }"
NOTES = "query ($id: ID!) { node(id: $id) { ... on Mentorship { sharedNotes { question words } } } }"
TABLES = '{ project(slug: "westem") { overview { evaluationsTable { url } mentorshipsTable { url } } } }'


@dataclass
class Played:
    """What everyone saw, and where the words were found on the way."""

    read: dict[str, Any] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)
    audited: list[tuple[str, str]] = field(default_factory=list)
    letter: sent.Sent | None = None
    token: str = ""
    metrics: str = ""


def play(folder: Path, *, unsafe: str = "") -> Played:
    """The whole of it on a platform of its own. `unsafe`: the safeguards that it runs without."""
    told = {"COMMONS_ENV": "dev", "COMMONS_UNSAFE": unsafe}
    with running(folder, environment=told) as house:
        home = Home(folder)
        played = asyncio.run(_play(home, house.url))
    played.places["afterwards"] = sorted(_holding(folder, WORD))
    return played


async def _play(home: Home, url: str) -> Played:
    from .conftest import seed

    await seed(home, only=WESTEM, crowds={})
    played = Played()
    async with stage_at(home.issuer_key, url, Judge("private"), WESTEM) as stage:
        mentor, mentee, coordinator = await _people(stage)
        mentorship, session = _pair(home)
        await _write(played, stage, (mentor, mentee), mentorship, session)
        written = played.read["written"]
        viewers = {"author": mentee, "partner": mentor, "coordinator": coordinator, "operator": stage.operator}
        for name, viewer in viewers.items():
            played.read[name] = await viewer.raw(READ, id=written)
        await _share(played, mentor, mentee, mentorship)
        links = (await coordinator.ask(TABLES))["project"]["overview"]
        for name, link in links.items():
            played.exported[name] = (await stage.http.get(link["url"])).text
        await stage.quiet()
        played.places["while it can be read"] = sorted(scan(home, WORD))
        played.places["of what the project reads"] = sorted(scan(home, FOR_THE_PROJECT))
        await mentee.ask(DESTROY)
        for name, viewer in viewers.items():
            played.read[f"{name}, destroyed"] = await viewer.raw(READ, id=written)
        played.read["note, destroyed"] = await mentor.raw(NOTES, id=global_id("Mentorship", mentorship))
        played.audited = _audited(home)
        await _letter(played, home, stage, (mentor, mentee), mentorship)
    return played


async def _letter(played: Played, home: Home, stage: Stage, two: tuple[Player, Player], mentorship: UUID) -> None:
    """The mentor has an address, and is told by a letter that it is over; then everything is searched for the address."""
    mentor, mentee = two
    with psycopg.connect(home.postgres.admin_dsn, dbname="commons_profiles") as c:
        person = person_of(devtoken.ISSUER, mentor.name)
        c.execute("insert into addresses (person, address, since) values (%s, %s, now())", [person, ADDRESS])
    await mentor.ask(QUIET)
    played.read["ended"] = await mentee.ask(END, input={"mentorship": global_id("Mentorship", mentorship)})
    await stage.quiet()
    names = await eventually(lambda: sent.names(home.letters), seconds=20)
    assert len(names) == 1, names
    played.letter = sent.read(home.letters, names[0])
    played.token = played.letter.plain.rpartition("token=")[2].strip()
    played.places["the address"] = sorted(scan(home, ADDRESS))
    played.places["what stops letters"] = sorted(scan(home, played.token))
    played.metrics = (await stage.http.get(f"http://127.0.0.1:{home.ports['profiles']}/metrics")).text


async def _people(stage: Stage) -> tuple[Player, Player, Player]:
    found = []
    for name, role in (("mona", Role.MENTOR), ("ebba", Role.MENTEE), ("karin", Role.NETWORK)):
        player = stage.player(name)
        await player.does("registerPerson", displayName=name.title(), birthYear=1990, birthMonth=1, country="SE")
        await player.does("joinProject", roles=[role])
        await stage.quiet()
        await player.does("acceptCodeOfConduct", kind=Conduct.COMMUNITY, version=1)
        found.append(await player.known())
    await stage.operator.does("grantRole", person=found[2].id, role=Role.COORDINATOR, project=WESTEM)
    await stage.quiet()
    return found[0], found[1], found[2]


def _pair(home: Home) -> tuple[UUID, UUID]:
    """A mentorship in its last phase with a session that was held, as the way there would have left it."""
    mentor, mentee = (person_of(devtoken.ISSUER, name) for name in ("mona", "ebba"))
    mentorship, session, project = new_id(), new_id(), project_of(WESTEM)
    with psycopg.connect(home.postgres.admin_dsn, dbname="commons_mentoring") as c:
        c.execute(
            "insert into mentorships (id, project, match, programme, programme_version, mentor, mentee, style, phase,"
            " opened_at, active_at, version, changed) select %s, %s, %s, id, number, %s, %s, 'TRADITIONAL', 'CLOSURE',"
            " now(), now(), 1, 0 from programmes where project = %s",
            [mentorship, project, new_id(), mentor, mentee, project],
        )
        c.execute(
            "insert into sessions (id, project, mentorship, mentor, mentee, proposed_by, starts_at, ends_at, minutes, mode,"
            " state, sequence, version) values (%s, %s, %s, %s, %s, 'MENTEE', now(), now(), 60, 'ONLINE', 'HELD', 0, 1)",
            [session, project, mentorship, mentor, mentee],
        )
    return mentorship, session


async def _write(played: Played, stage: Stage, two: tuple[Player, Player], mentorship: UUID, session: UUID) -> None:
    mentor, mentee = two
    about = {"mentorship": global_id("Mentorship", mentorship), "session": global_id("Session", session)}
    long = f"{WORD} " * 200
    answers = [{"question": "purpose", "words": f"Jag sade {WORD}."}, {"question": "next", "words": long}]
    for player in mentee, mentor:
        keyed = {**about, "answers": answers, "idempotencyKey": str(new_id())}
        twice = [await player.ask(EVALUATE, input=keyed) for _ in range(2)]
        assert twice[0] == twice[1], "asked again with its key it is answered alike"
        played.read[f"written by {player.name}"] = twice[0]["done"]
    played.read["written"] = played.read[f"written by {mentee.name}"]["id"]
    # Refused and wrong it must be nowhere, too.
    await mentee.raw(EVALUATE, input={**about, "answers": [{"question": WORD, "words": WORD}]})
    await mentee.raw(EVALUATE, input={**about, "answers": [{"question": "purpose", "grade": WORD}]})
    await stage.player("nobody").raw(EVALUATE, input={**about, "answers": answers})
    words = {"question": "goals", "words": f"=cmd|{FOR_THE_PROJECT}"}
    final = [{"question": "quality", "grade": 4}, {"question": "effectiveness", "grade": 5}, words]
    played.read["final"] = await mentee.ask(FINAL, input={"mentorship": about["mentorship"], "answers": final})


async def _share(played: Played, mentor: Player, mentee: Player, mentorship: UUID) -> None:
    id = global_id("Mentorship", mentorship)
    played.read["before sharing"] = await mentor.ask(NOTES, id=id)
    await mentee.ask(SHARE, input={"evaluation": played.read["written"], "question": "purpose"})
    played.read["after sharing"] = await mentor.ask(NOTES, id=id)


def _audited(home: Home) -> list[tuple[str, str]]:
    with psycopg.connect(home.postgres.admin_dsn, dbname="commons_mentoring") as c:
        return c.execute("select person::text, operation from audit where operation like '%answers_by_ids'").fetchall()


# ------------------------------------------------------------ where it could be
def scan(home: Home, word: str) -> Iterator[str]:
    """The databases (as SQL, in every way that bytes are written there) and the files of the home that hold the word."""
    for name in (*(f"commons_{service}" for service in SERVICES), KEY_STORE, "postgres"):
        if any(shape in _as_sql(home, name) for shape in _shapes(word)):
            yield name
    yield from _holding(home.folder, word)


def _as_sql(home: Home, database: str) -> str:
    command = [str(binaries() / "pg_dump"), "--no-password", f"--dbname={database}"]
    environment = client_environment(home.postgres.admin_dsn)
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def _shapes(word: str) -> list[str]:
    """In the clear, as bytes in hexadecimal, and in base64 wherever it may begin."""
    plain = word.encode()
    coded = [b64encode(b" " * at + plain).decode()[-(-at * 8 // 6) : -4] for at in range(3)]
    return [word, plain.hex(), *(part for part in coded if len(part) > len(word) // 2)]


def _holding(folder: Path, word: str) -> Iterator[str]:
    """Streams, logs, keys, and all that PostgreSQL keeps: its files and its journal."""
    for path, _, names in os.walk(folder):
        for file in (Path(path, name) for name in names):
            if file.is_file() and not file.is_symlink() and word.encode() in file.read_bytes():
                yield f"file in {file.relative_to(folder).parts[0]}"
