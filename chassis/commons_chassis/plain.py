"""Plain pages for who watches a process: a few GETs over HTTP, without a web framework in every service."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, generate_latest
from prometheus_client.registry import Collector

SECONDS = 5.0


class Page(NamedTuple):
    status: str
    kind: str
    body: bytes


Pages = Mapping[bytes, Callable[[], Awaitable[Page]]]
"""What there is to see, by path."""
NOWHERE = Page("404 Not Found", "text/plain", b"")


def verdict(good: bool) -> Page:
    """Yes or not now, as probes want it."""
    return (
        Page("200 OK", "text/plain", b"ok\n") if good else Page("503 Service Unavailable", "text/plain", b"not now\n")
    )


def exposition(*more: Collector) -> Page:
    """All that this process counts, and what `more` reads, in Prometheus' text format."""
    text = b"".join(generate_latest(source) for source in (REGISTRY, *more))
    return Page("200 OK", CONTENT_TYPE_PLAIN_0_0_4, text)


async def listen(host: str, port: int, pages: Pages) -> asyncio.Server:
    """For `async with`. Raises OSError where it cannot listen; a process that takes our place may do so beside us."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(SECONDS):
                await _answer(reader, writer, pages)
        writer.close()

    return await asyncio.start_server(answer, host, port, reuse_port=True)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pages: Pages) -> None:
    method, path, *_ = [*(await reader.readuntil(b"\r\n")).split(), b"", b""]
    find = pages.get(path.partition(b"?")[0]) if method in {b"GET", b"HEAD"} else None
    status, kind, body = await find() if find else NOWHERE
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + (b"" if method == b"HEAD" else body))
    await writer.drain()
