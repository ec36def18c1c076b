"""Asking the platform as a browser would: GraphQL over HTTP, and subscriptions over a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from commons_chassis.ids import new_id

from .verbs import VERBS

SOCKET = Subprotocol("graphql-transport-ws")
PASSING = {"UNAVAILABLE", "DEADLINE_EXCEEDED", "RATE_LIMITED"}
TRIES, PAUSE_SECONDS = 4, 1.0


class Faulted(Exception):
    """The request was not answered but failed: top-level errors, by their codes."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        self.codes = [error.get("extensions", {}).get("code", "?") for error in errors]
        super().__init__(
            "; ".join(f"{code}: {error['message']}" for code, error in zip(self.codes, errors, strict=True))
        )


class Unexpected(Exception):
    """A change that the story needs was refused."""


@dataclass(frozen=True)
class Answer:
    """What came of a change: the thing it changed, or a no."""

    shown: dict[str, Any]

    @property
    def code(self) -> str:
        """The refusal's code; empty where nothing was refused."""
        return str(self.shown["code"]) if self.shown["__typename"] == "Refused" else ""

    @property
    def params(self) -> dict[str, Any]:
        found: dict[str, Any] = self.shown.get("params", {})
        return found

    def __str__(self) -> str:
        return f"{self.code}{json.dumps(self.params)}" if self.code else str(self.shown["__typename"])


@dataclass(frozen=True)
class Player:
    """Someone with a token, who asks in one project."""

    name: str
    http: httpx.AsyncClient
    token: str = field(repr=False)
    project: str
    language: str = "en"
    id: str = ""
    """Hers as a `Person`, once it was asked for."""
    stirs: Callable[[], None] = field(default=lambda: None, repr=False)
    """Called when she has changed something, or may have."""

    async def raw(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, errors and all."""
        answer = await self._patiently(document, variables)
        if document.startswith("mutation"):
            self.stirs()
        return answer

    async def _patiently(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        """A platform that is too busy is asked again."""
        for left in reversed(range(TRIES)):
            answer = await self._once(document, variables)
            faults = {error.get("extensions", {}).get("code") for error in answer.get("errors") or ()}
            if not faults & PASSING or not left:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        return answer

    async def _once(self, document: str, variables: dict[str, Any]) -> dict[str, Any]:
        headers = {"Commons-Project": self.project, "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        sent = {"query": document, "variables": variables}
        reply = await self.http.post("/graphql", json=sent, headers=headers)
        found: dict[str, Any] = reply.json()
        return found

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of the answer. Raises Faulted where any of it failed."""
        return _whole(await self.raw(document, **variables))

    async def tries(self, verb: str, **input: Any) -> Answer:
        """A change that may be refused, with a key of its own, so that asking again is safe."""
        keyed = {"idempotencyKey": str(new_id())} | input
        answer = Answer(_whole(await self._patiently(VERBS[verb].document(verb), {"input": keyed}))["done"])
        if not answer.code:
            self.stirs()
        return answer

    async def does(self, verb: str, **input: Any) -> dict[str, Any]:
        """A change that the story needs. Raises Unexpected where it is refused."""
        answer = await self.tries(verb, **input)
        if answer.code:
            raise Unexpected(f"{self.name} was refused {verb}: {answer}")
        return answer.shown

    async def known(self) -> Player:
        """The same with her id."""
        return replace(self, id=(await self.ask("{ viewer { person { id } } }"))["viewer"]["person"]["id"])

    def speaking(self, language: str) -> Player:
        return replace(self, language=language)

    @asynccontextmanager
    async def follows(self, document: str, **variables: Any) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """A subscription, as the data of each push."""
        url = str(self.http.base_url).replace("http", "ws", 1).rstrip("/") + "/graphql"
        async with connect(url, subprotocols=[SOCKET]) as socket:
            said = {"Authorization": f"Bearer {self.token}", "Commons-Project": self.project}
            await _send(socket, type="connection_init", payload=said)
            await _heard(socket, "connection_ack")
            await _send(socket, type="subscribe", id="1", payload={"query": document, "variables": variables})
            yield _pushes(socket)


def _whole(answer: dict[str, Any]) -> dict[str, Any]:
    if answer.get("errors"):
        raise Faulted(answer["errors"])
    found: dict[str, Any] = answer["data"]
    return found


async def _pushes(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    while True:
        payload = (await _heard(socket, "next"))["payload"]
        if payload.get("errors"):
            raise Faulted(payload["errors"])
        yield payload["data"]


async def _send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def _heard(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of this kind; pings are answered on the way."""
    while True:
        message: dict[str, Any] = json.loads(await socket.recv())
        if message["type"] == kind:
            return message
        if message["type"] == "ping":
            await _send(socket, type="pong")
        elif message["type"] in {"error", "complete"}:
            raise Faulted(message.get("payload") or [{"message": "the subscription ended"}])
