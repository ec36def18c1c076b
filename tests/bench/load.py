"""Load over HTTP: a few connections of our own, because a full HTTP client would be slower than what it measures."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


class Line:
    """One connection that is kept, to ask GraphQL on as one person."""

    def __init__(self, url: str, token: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.head = (
            f"POST /graphql HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: "
        ).encode()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str, token: str) -> Any:
        where = urlsplit(url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            yield cls(url, token, reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    async def ask(self, query: str, **variables: Any) -> bytes:
        body = json.dumps({"query": query, "variables": variables}).encode()
        self.writer.write(self.head + str(len(body)).encode() + b"\r\n\r\n" + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        found = LENGTH.search(head)
        assert found, head
        assert head.startswith(b"HTTP/1.1 200 "), head
        return await self.reader.readexactly(int(found[1]))

    async def shown(self, query: str, **variables: Any) -> Any:
        answer = json.loads(await self.ask(query, **variables))
        assert "errors" not in answer, answer["errors"]
        return answer["data"]


class Load:
    """So many connections at once; each asks again as soon as it is answered."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.milliseconds: list[float] = []

    @classmethod
    @asynccontextmanager
    async def of(cls, url: str, token: str, connections: int) -> Any:
        async with AsyncExitStack() as stack:
            yield cls([await stack.enter_async_context(Line.to(url, token)) for _ in range(connections)])

    async def run(self, query: str, variables: Iterator[dict[str, Any]], *, seconds: float) -> Self:
        """Every answer must be whole: one with an error in it is no answer."""
        self.milliseconds, until = [], time.perf_counter() + seconds

        async def one_after_another(line: Line) -> None:
            while (began := time.perf_counter()) < until:
                answer = await line.ask(query, **next(variables))
                self.milliseconds.append((time.perf_counter() - began) * 1000)
                assert b'"errors"' not in answer, answer[:500]

        await asyncio.gather(*map(one_after_another, self.lines))
        return self
