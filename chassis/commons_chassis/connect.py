"""Connections to the broker: who we are there, and what becomes of a no."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from faststream.nats import NatsBroker
from faststream.nats.security import NatsNKey
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from .log import logger, where
from .metrics import DENIED

GATEWAY, DEPLOY, OPERATOR = "gateway", "deploy", "operator"
"""The users beside the services, each of which is the user of its own name."""
API = "FACTS.API"
"""By what all but the deploy step reach the streams, which are in an account of the broker where only that is at home."""

VIOLATION = re.compile(r"permissions violation for (?P<verb>publish|subscription) to \"(?P<subject>[^\"]+)\"")
STARTING_SECONDS = 10.0
"""Within this everything that a process needs has been tried once."""
STRANGER = ("authorization violation",)
ANSWER = ("publish", "_inbox")


class Denied(Exception):
    """The broker does not let us do what we need to; the text is a sentence that names it."""


def inbox(user: str) -> str:
    """What a user's inboxes begin with, so that nobody else can listen there."""
    return f"_INBOX_{user}"


@dataclass
class Denials:
    """What the broker refuses a connection. nats-py tells of it beside the call that it silences, and in small letters.

    While a process starts a no is its end; later each kind is said once, and all are counted. An answer refused is never
    the end: it was asked for on a connection that is no more.
    """

    user: str
    dead: asyncio.Event
    starting: bool = True
    fatal: str = ""
    said: set[tuple[str, ...]] = field(default_factory=set)

    async def told(self, problem: Exception) -> None:
        """Of anything that goes wrong on the connection."""
        if not self.note(problem):
            logger.warning("broker", problem=type(problem).__name__)

    def note(self, problem: Exception) -> bool:
        """Whether it is a no; then it is seen to here."""
        text = str(problem).lower()
        kind: tuple[str, ...] = STRANGER
        if STRANGER[0] in text:
            sentence = f"The broker does not know the key of {self.user}."
        elif found := VIOLATION.search(text):
            verb, subject = found["verb"].replace("subscription", "subscribe"), found["subject"]
            sentence = f"The broker does not let {self.user} {verb} to {subject}."
            kind = (verb, "_inbox") if subject.startswith("_inbox") else (verb, *subject.split(".")[:3])
        else:
            return False
        DENIED[self.user,].inc()
        if kind not in self.said:
            self.said.add(kind)
            logger.error(sentence)
        if kind == STRANGER or (self.starting and kind != ANSWER):
            self.fatal = self.fatal or sentence
            self.dead.set()
        return True

    async def settle(self, client: Client) -> None:
        """Raises Denied where a part of what was asked so far was refused. Some seconds later the start is over."""
        with contextlib.suppress(NatsError):
            await client.flush()  # this ping may overtake what waits to be sent; the next one cannot
            await client.flush()
        self.check()
        asyncio.get_running_loop().call_later(STARTING_SECONDS, self._started)

    def _started(self) -> None:
        self.starting = False

    def check(self) -> None:
        """Raises Denied where something was refused that its process cannot do without."""
        if self.fatal:
            raise Denied(self.fatal)


def nats_broker(
    url: str,
    name: str,
    denials: Denials,
    on_reconnect: list[Callable[[], None]],
    *,
    seed: str = "",
    lasting: bool = True,
) -> NatsBroker:
    """One connection a process, for everything; it reconnects for ever, and a connection closed for good ends the process.

    `seed`: the private half of the user's nkey; where there is none the broker must take anyone. Not `lasting`: it neither
    reconnects nor ends, to see that somebody notices.
    """

    async def closed() -> None:
        if lasting:
            denials.dead.set()

    async def back() -> None:
        for tell in tuple(on_reconnect):
            tell()

    return NatsBroker(
        url,
        name=name,
        security=NatsNKey.from_seed(seed) if seed else None,
        inbox_prefix=inbox(denials.user),
        allow_reconnect=lasting,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,  # type: ignore[arg-type] # seconds; nats-py takes fractions
        connect_timeout=2,
        ping_interval=5,
        max_outstanding_pings=2,
        closed_cb=closed,
        reconnected_cb=back,
        error_cb=denials.told,
        logger=None,
    )


async def join(broker: NatsBroker, denials: Denials) -> Client:
    """Connect, however long the broker takes to start. Raises Denied where it does not know us."""
    try:
        return _robust(await broker.connect())
    except NatsError:
        denials.check()
        raise


PLAIN = b"NATS/1.0\r\n"


def _robust(client: Client) -> Client:
    """What cannot be read is handed on as far as it can be: nats-py (2.16) would stop reading, and so all hearing.

    The broker takes any bytes as subject and headers from whoever may publish at all.
    """
    headers, message = client._process_headers, client._build_message  # noqa: SLF001

    async def read(raw: bytes) -> dict[str, str] | None:
        if raw and raw.startswith(PLAIN):
            pairs = (line.partition(":") for line in raw[len(PLAIN) :].decode(errors="replace").split("\r\n") if line)
            return {name.strip(): value.strip() for name, _, value in pairs}
        try:
            return await headers(raw)
        except (ValueError, IndexError):
            return None

    def build(sid: int, subject: bytes, *rest: Any) -> Any:
        return message(sid, subject.decode(errors="replace").encode(), *rest)

    connect = client._connect_to_server  # noqa: SLF001

    async def afresh(server: Any) -> None:
        if (silent := client._transport) is not None:  # noqa: SLF001 - a try that nobody answered would stay open
            silent.close()  # type: ignore[no-untyped-call]
        await connect(server)

    client._process_headers, client._build_message = read, build  # type: ignore[assignment, method-assign]  # noqa: SLF001
    client._connect_to_server = afresh  # type: ignore[assignment, method-assign]  # noqa: SLF001
    return client


class Straight(asyncio.Queue[Msg]):
    """Where messages of a subscription would wait for its task: each is handed on as it comes, in half the steps."""

    def __init__(self, hand: Callable[[Msg], None]) -> None:
        super().__init__()
        self._hand = hand

    def put_nowait(self, item: Msg) -> None:
        try:
            self._hand(item)
        except Exception as broken:  # noqa: BLE001 - the connection goes on reading
            logger.error("a message was not taken", **where(broken))


async def hear(client: Client, subject: str, hand: Callable[[Msg], None], *, queue: str = "") -> Subscription:
    """Subscribe with what only puts each message where it belongs, and waits for nothing."""
    subscription = await client.subscribe(subject, queue=queue, pending_bytes_limit=0)
    early, subscription._pending_queue = subscription._pending_queue, Straight(hand)  # noqa: SLF001
    while not early.empty():
        hand(early.get_nowait())
    return subscription


async def hang_up(broker: NatsBroker, client: Client) -> None:
    """What was said is sent first; a connection that is just lost is only closed."""
    for end in (broker.stop, client.close):
        with contextlib.suppress(NatsError, OSError, RuntimeError):  # uvloop's word for one that is closed already
            await end()


@contextlib.asynccontextmanager
async def connected(url: str, user: str, seed: str = "") -> AsyncIterator[Client]:
    """A connection for one piece of work. Raises Denied where the broker refuses a part of it."""
    denials = Denials(user, asyncio.Event())

    async def error(problem: Exception) -> None:
        if denials.note(problem) and STRANGER in denials.said:
            denials.check()  # trying again would not help

    client = Client()
    try:
        await client.connect(
            url, name=user, nkeys_seed_str=seed or None, inbox_prefix=inbox(user).encode(), error_cb=error
        )
        yield client
    except (NatsError, TimeoutError):
        denials.check()
        raise
    finally:
        with contextlib.suppress(NatsError, OSError):
            await client.close()
