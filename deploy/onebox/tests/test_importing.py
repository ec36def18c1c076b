"""A spreadsheet on a whole platform: handed in, confirmed, registered, taken back; and no word of it where it should not be."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest

from commons_chassis.ask import Asker
from commons_chassis.connect import GATEWAY
from commons_onebox.home import SERVICES, Home
from commons_onebox.house import running
from commons_onebox.importing import Desk
from commons_onebox.seed import PLANS, fill
from commons_onebox.tokens import issue

CANARY = "kanariefagel9f"
COUNT = 60
LINES = "Namn;E-post;Född;Roll;Land;Ämne;Motivation\n" + "".join(
    f"{CANARY} {n};{CANARY}{n}@example.org;1985-03;{'mentor' if n % 3 else 'adept'};SE;kemi;{CANARY} därför\n"
    for n in range(COUNT)
)
UNDO = "mutation ($input: SheetInput!) { undoSheet(input: $input) { ... on Sheet { id } ... on Refused { code } } }"
TABLES = "select tablename from pg_tables where schemaname = 'public'"
OURS = {"event_log", "outbox", "answered", "audit", "due", "parked", "dead_letters", "sequences", "heard"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("importing")
    with running(folder, environment={"COMMONS_ENV": "dev"}):
        home = Home(folder)
        asyncio.run(_fill(home))
        yield home


async def _fill(home: Home) -> None:
    """One project with a round that recruits, and one person for each role."""
    asker = Asker(home.broker.url, name="seed", seed=home.seed(GATEWAY))
    await asker.start()
    await fill(asker, lambda *_: None, plans=[replace(PLANS[0], crowds={})], inhabitants=200_000)
    await asker.stop()


@pytest.fixture
def desk(home: Home):
    token = issue(home.issuer_key, "COORDINATOR@westem")
    with httpx.Client(base_url=home.run.url, timeout=30) as http:
        yield Desk(http, token, "westem")


def registered(home: Home) -> int:
    with psycopg.connect(home.postgres.admin_dsn, dbname="commons_matching") as c:
        return c.execute("select count(*) from participations where brought is not null").fetchone()[0]  # type: ignore[index]


def test_people_come_in_from_a_spreadsheet_and_are_gone_again_and_nothing_tells_of_them(home: Home, desk: Desk) -> None:
    round = desk.ask('{ project(slug: "westem") { rounds { id open } } }')["project"]["rounds"][0]["id"]
    seen: list[str] = []
    desk = replace(desk, told=lambda sheet: seen.append(sheet["state"]))

    sheet = desk.hand_in(LINES.encode("cp1252"), round=round)
    assert (sheet["new"], sheet["wrong"], sheet["options"]["encoding"]) == (COUNT, 0, "WINDOWS_1252")
    assert desk.confirm(sheet["id"])["state"] == "IMPORTED"
    assert desk.registered(sheet["id"], COUNT)["registered"] == COUNT
    assert registered(home) == COUNT
    table = desk.ask("query ($id: ID!) { node(id: $id) { ... on Sheet { table { url } } } }", id=sheet["id"])
    assert CANARY in desk.http.get(table["node"]["table"]["url"]).text
    _nothing_tells(home)

    desk.ask(UNDO, input={"sheet": sheet["id"]})
    assert desk.at_rest(sheet["id"])["state"] == "UNDONE"
    for _ in range(200):
        if registered(home) == 0:
            break
        asyncio.run(asyncio.sleep(0.1))
    assert registered(home) == 0
    _nothing_tells(home)
    assert seen


def _nothing_tells(home: Home) -> None:
    """Facts, answers that are kept, deadlines, dead letters, logs, figures: ids and counts alone."""
    for name in SERVICES:
        with psycopg.connect(home.postgres.admin_dsn, dbname=f"commons_{name}") as c:
            tables = {row[0] for row in c.execute(TABLES).fetchall()}
            wanted = tables if name != "profiles" else tables & OURS
            found = [
                t
                for t in wanted
                if c.execute(f'select 1 from "{t}" x where x::text ilike %s', [f"%{CANARY}%"]).fetchone()
            ]
            assert found == [], name
        assert CANARY not in httpx.get(f"http://127.0.0.1:{home.ports[name]}/metrics").text
    for log in (home.folder / "logs").rglob("*"):
        assert not log.is_file() or CANARY.encode() not in log.read_bytes(), log.name
    stream = [path for path in (home.folder / "nats").rglob("*") if path.is_file()]
    assert stream
    assert [path.name for path in stream if CANARY.encode() in path.read_bytes()] == []


def test_the_command_line_is_a_client_of_the_same(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "Namn,E-post,Född\nAda,ada.by.hand@example.org,1985\nIda,ida.by.hand@example.org,2015\n", encoding="utf-8"
    )
    words = [
        sys.executable,
        "-m",
        "commons_onebox",
        "import",
        str(file),
        "--project",
        "westem",
        "--role",
        "mentor",
        "--country",
        "se",
    ]

    def said(*more: str) -> tuple[int, str]:
        environment = {"COMMONS_HOME": str(home.folder), "COMMONS_ENV": "dev", "PATH": "/usr/bin:/bin"}
        done = subprocess.run([*words, *more], capture_output=True, text=True, env=environment, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr

    code, text = said("--dry-run")
    assert (code, "2 rows: 1 new, 0 members, 1 to mend." in text) == (1, True), text
    assert "row 3, column 3: Hon är under 18" in text
    code, text = said()
    assert code == 1
    assert "1 rader är klara och 1 behöver rättas" in text
    assert said("--without-wrong")[0] == 0
