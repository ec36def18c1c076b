"""Asking an issuer for a document: within bounds, of its own hosts only, and no more often than is decent."""

from __future__ import annotations

import asyncio
import math
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx
import orjson

from commons_chassis.log import logger

from .issuers import Issuer, is_address

T = TypeVar("T")

LARGEST = 256 * 1024
SECONDS = 5.0
FRESH_SECONDS = 300.0
PAUSE_SECONDS = 30.0
"""At most so often is an issuer asked, whatever arrives in its name."""
STALE_SECONDS = 24 * 3600.0
"""For so long its word stands when it does not answer any more."""
OK = 200


class NoAnswer(Exception):
    """The issuer gave none that we take."""


@cache
def _authorities() -> ssl.SSLContext:
    """Whom the web trusts; read once, because it takes a while."""
    return httpx.create_ssl_context(trust_env=False)


class Line:
    """One issuer, asked over HTTP: no redirects, no proxies of the environment, no host that is not its own."""

    def __init__(self, issuer: Issuer, *, dev: bool, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._issuer, self._dev = issuer, dev
        self._transport = transport
        self._hosts = {urlsplit(issuer.issuer).netloc, *issuer.hosts}
        if issuer.jwks_uri:
            self._hosts.add(urlsplit(issuer.jwks_uri).netloc)

    def may_be_asked(self, address: object) -> bool:
        """Whatever a document says, we go to no other host: it may be one behind our own walls."""
        return (
            isinstance(address, str) and is_address(address, dev=self._dev) and urlsplit(address).netloc in self._hosts
        )

    async def ask(
        self,
        address: str,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON object that it answers with, to a POST where there is a body. Raises NoAnswer, whatever went wrong."""
        if not self.may_be_asked(address):
            raise NoAnswer("host")
        try:
            async with asyncio.timeout(SECONDS), self._client() as client:
                method = "GET" if body is None else "POST"
                said = {"Accept": "application/json", **(headers or {})}
                request = client.build_request(method, address, content=body, headers=said)
                found = orjson.loads(await self._body(client, request))
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError, orjson.JSONDecodeError) as wrong:
            raise NoAnswer(type(wrong).__name__) from wrong
        if not isinstance(found, dict):
            raise NoAnswer("no object")
        return found

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            verify=_authorities(), follow_redirects=False, trust_env=False, timeout=SECONDS, transport=self._transport
        )

    async def _body(self, client: httpx.AsyncClient, request: httpx.Request) -> bytes:
        reply = await client.send(request, stream=True)
        try:
            if reply.status_code != OK:
                raise NoAnswer(str(reply.status_code))
            body = b""
            async for part in reply.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise NoAnswer("too large")
            return body
        finally:
            await reply.aclose()


class Kept(Generic[T]):
    """A document as it was last seen. However many want it at once, it is asked for once."""

    def __init__(
        self, name: str, fetch: Callable[[], Awaitable[T]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name, self._fetch, self._clock = name, fetch, clock
        self._found: T | None = None
        self._found_at = self._tried_at = -math.inf
        self._asking: asyncio.Task[None] | None = None

    async def get(self, *, newer: bool = False) -> T | None:
        """What is known, at most a day old; `newer`: it did not help, so look whether there is another by now."""
        now = self._clock()
        age = now - self._found_at
        if (age > FRESH_SECONDS or newer) and now - self._tried_at >= PAUSE_SECONDS and self._asking is None:
            self._tried_at = now
            self._asking = asyncio.create_task(self._ask())
        if self._asking is not None and (newer or age > STALE_SECONDS):
            await asyncio.shield(self._asking)
        return self._found if self._clock() - self._found_at <= STALE_SECONDS else None

    async def _ask(self) -> None:
        try:
            self._found = await self._fetch()
            self._found_at = self._clock()
        except NoAnswer as no:
            logger.warning("an issuer did not answer", issuer=self._name, problem=str(no))
        finally:
            self._asking = None
