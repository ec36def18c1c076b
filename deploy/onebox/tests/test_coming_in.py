"""Coming in by a letter's link on a whole platform, and being out again everywhere once it is taken back."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from commons_chassis.ask import Asker
from commons_contracts.base import Actor, Refusal
from commons_contracts.codes import Role
from commons_contracts.ids import project_of
from commons_contracts.profiles import (
    EndMembership,
    EndSessionsOf,
    GrantRole,
    MembersPage,
    OpenProject,
    RevokeRole,
    SessionByDigest,
)
from commons_gateway.identity.sessions import digest_of
from commons_gateway.post.sent import names, read
from commons_onebox.home import Home
from commons_onebox.house import running

CANARY = "canary.of.ebba"
SOON = 30.0
"""Seconds within which what is taken back must be of no use any more."""
WESTEM = project_of("westem")
FOLLOW = "subscription { connectionChanged { connections { id } } }"
REGISTER = """mutation { registerPerson(input: {displayName: "Ebba", birthYear: 1990, birthMonth: 5, country: "SE"})
    { __typename } }"""
JOIN = "mutation { joinProject(input: {roles: [MENTEE]}) { __typename ... on Refused { code } } }"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("coming-in")
    with running(folder, environment={"COMMONS_ENV": "dev"}):
        yield Home(folder)


class Browser:
    """What keeps cookies and says where its pages are from."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.AsyncClient(base_url=url, headers={"Origin": url, "Commons-Csrf": "1"})

    async def comes_in(self, home: Home, address: str) -> str:
        """By the link in the letter; answers with what stood in it."""
        before = set(_letters(home))
        assert (await self.http.post("/auth/mail", data={"address": address})).status_code == 200
        async with asyncio.timeout(10):
            while not (new := set(_letters(home)) - before):  # noqa: ASYNC110 - another process writes them
                await asyncio.sleep(0.05)
        token = re.search(r"token=([\w-]{43})$", read(home.letters, new.pop()).plain, re.MULTILINE)
        assert token is not None
        assert (await self.http.get("/auth/link", params={"token": token[1]})).status_code == 200
        assert (await self.http.post("/auth/link", data={"token": token[1]})).status_code == 303
        return token[1]

    async def ask(self, query: str) -> httpx.Response:
        return await self.http.post("/graphql", json={"query": query}, headers={"Commons-Project": "westem"})

    @property
    def secret(self) -> str:
        return self.http.cookies["commons-session"]

    @asynccontextmanager
    async def socket(self, query: str) -> AsyncIterator[asyncio.Queue]:
        """What it is told, and the number it is closed with in the end."""
        address = self.url.replace("http", "ws", 1) + "/graphql"
        headers = {"Cookie": f"commons-session={self.secret}"}
        told: asyncio.Queue = asyncio.Queue()
        async with connect(
            address, origin=self.url, additional_headers=headers, subprotocols=["graphql-transport-ws"]
        ) as ws:
            await ws.send(json.dumps({"type": "connection_init", "payload": {"Commons-Project": "westem"}}))
            assert json.loads(await ws.recv())["type"] == "connection_ack"
            await ws.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
            listening = asyncio.create_task(self._listen(ws, told))
            yield told
            listening.cancel()

    @staticmethod
    async def _listen(ws, told: asyncio.Queue) -> None:
        try:
            async for message in ws:
                told.put_nowait(json.loads(message))
        except ConnectionClosed:
            pass
        told.put_nowait(ws.close_code)


def _letters(home: Home) -> list[str]:
    return names(home.letters)


async def within(told: asyncio.Queue, wanted) -> float:
    """Seconds until something of that kind was told."""
    began = time.monotonic()
    async with asyncio.timeout(SOON):
        while not wanted(await told.get()):
            pass
    return time.monotonic() - began


@pytest.fixture(scope="module")
async def asker(home: Home):
    asker = Asker(home.broker.url, name="test", seed=home.seed("gateway"))
    await asker.start()
    yield asker
    await asker.stop()


@pytest.fixture
async def operate(asker: Asker):
    """An operator asks, in the project."""
    operator = Actor(person=project_of("operator"), project=WESTEM, operator=True)

    async def asking(request):
        return await asker.ask(request, operator, left=10)

    await asking(OpenProject(slug="westem", name="WESTEM", zone="Europe/Stockholm", languages=("sv",)))
    return asking


@pytest.fixture
async def ebba(home: Home, operate, asker: Asker):
    """Somebody new has come in, registered and joined."""
    browser = Browser(home.run.url)
    browser.address = f"{CANARY}.{time.time_ns()}@example.org"
    browser.letter = await browser.comes_in(home, browser.address)
    browser.person = (await asker.ask(SessionByDigest(session=digest_of(browser.secret)), Actor())).person
    assert "errors" not in (await browser.ask(REGISTER)).json()
    assert (await browser.ask(JOIN)).json()["data"]["joinProject"] == {"__typename": "Membership"}
    yield browser
    await browser.http.aclose()


async def test_a_link_works_once_and_for_the_browser_that_asked(home: Home, ebba: Browser) -> None:
    again = await ebba.http.post("/auth/link", data={"token": ebba.letter})
    assert again.status_code == 404, "its browser's mark went with the first use"
    assert (await ebba.http.post("/auth/link", data={"token": ebba.letter, "address": ebba.address})).status_code == 410
    assert (await ebba.ask("{ viewer { account { displayName } } }")).json()["data"]["viewer"]["account"]

    other = Browser(home.run.url)
    assert await other.comes_in(home, ebba.address)
    names = [(await one.ask("{ viewer { person { id } } }")).json() for one in (ebba, other)]
    assert names[0] == names[1]
    await other.http.aclose()


async def test_a_membership_that_was_ended_is_over_on_open_sockets_and_for_commands(ebba: Browser, operate) -> None:
    async with ebba.socket(FOLLOW) as told:
        await within(told, lambda said: isinstance(said, dict) and said["type"] == "next")
        began = time.monotonic()
        await operate(EndMembership(person=ebba.person))
        await within(told, lambda said: "NOT_A_MEMBER" in json.dumps(said))
        print(f"a membership taken back: {time.monotonic() - began:.2f} s on the open socket")
    refused = (
        await ebba.ask("mutation { tickReadiness(input: {item: MANUAL_READ}) { ... on Refused { code } } }")
    ).json()
    assert refused["data"]["tickReadiness"]["code"] == "NOT_A_MEMBER"
    assert (await ebba.ask(JOIN)).json()["data"]["joinProject"] == {"__typename": "Membership"}


async def test_a_role_that_was_revoked_opens_nothing_any_more(ebba: Browser, operate, asker: Asker) -> None:
    await operate(GrantRole(person=ebba.person, role=Role.COORDINATOR))
    hers = Actor(person=ebba.person, project=WESTEM)
    assert (await asker.ask(MembersPage(), hers)).total
    began = time.monotonic()
    await operate(RevokeRole(person=ebba.person, role=Role.COORDINATOR))
    async with asyncio.timeout(SOON):
        while True:
            try:
                await asker.ask(MembersPage(), hers)
            except Refusal as refusal:
                no = refusal.code
                break
    assert no == "ROLE_NOT_ALLOWED"
    print(f"a role taken back: {time.monotonic() - began:.2f} s")


@pytest.mark.parametrize("way", ["she", "an operator"])
async def test_a_session_that_was_ended_closes_its_sockets_and_streams(ebba: Browser, operate, home: Home, way) -> None:
    elsewhere = Browser(home.run.url)
    await elsewhere.comes_in(home, ebba.address)
    stream = asyncio.create_task(_follows(ebba))
    async with ebba.socket(FOLLOW) as told:
        await within(told, lambda said: isinstance(said, dict) and said["type"] == "next")
        began = time.monotonic()
        if way == "she":
            assert (await elsewhere.http.post("/auth/logout", data={"everywhere": "1"})).status_code == 303
        else:
            await operate(EndSessionsOf(person=ebba.person))
        await within(told, lambda said: said == 4403)
        print(f"a session ended by {way}: {time.monotonic() - began:.2f} s on the open socket")
    assert "UNAUTHENTICATED" in await asyncio.wait_for(stream, SOON)
    assert (await ebba.ask("{ viewer { person { id } } }")).status_code == 401
    await elsewhere.http.aclose()


async def _follows(browser: Browser) -> str:
    """All that an event stream tells until it ends."""
    headers = {"Accept": "text/event-stream", "Commons-Project": "westem"}
    said = ""
    async with browser.http.stream("POST", "/graphql", json={"query": FOLLOW}, headers=headers, timeout=SOON) as reply:
        async for part in reply.aiter_text():
            said += part
    return said


async def test_no_address_no_link_and_no_cookie_is_in_a_log_an_event_or_a_metric(ebba: Browser, home: Home) -> None:
    secrets = [CANARY, ebba.letter, ebba.secret]
    ports = [home.ports[name] for name in ("profiles", "gateway")]
    metrics = "".join([(await ebba.http.get(f"http://127.0.0.1:{port}/metrics")).text for port in ports])
    assert "commons_letters_total" in metrics
    assert [secret for secret in secrets if secret in metrics] == []
    places = [home.folder / "logs", home.folder / "nats"]
    contents = [content for place in places for content in _contents(place)]
    assert len(contents) > 5
    assert [secret for content in contents for secret in secrets if secret.encode() in content] == []
    opened = b"".join(_contents(home.folder / "postgres"))
    assert CANARY.encode() in opened, "the looking itself is tried: her address is kept where it belongs"
    assert ebba.letter.encode() not in opened
    assert ebba.secret.encode() not in opened


def _contents(place: Path) -> Iterator[bytes]:
    """Of all files; servers at work rename theirs."""
    for file in place.rglob("*"):
        with suppress(FileNotFoundError):
            if file.is_file():
                yield file.read_bytes()
