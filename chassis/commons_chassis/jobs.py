"""What takes long is shared by the processes of a service: jobs in a queue, and pieces of what came of them, at the broker.

Both are for work that can be done again: a job may be handed out more than once, a piece may be gone. What has been done,
and what is still to do, stands in the service's own tables.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from secrets import token_hex

from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from .deploy import HANDS, bucket_of, queue_of
from .pull import Pull
from .runtime import Runtime
from .wire import MSG_ID

CHUNK = 1 << 19
ROLLUP = {"Nats-Rollup": "sub"}
AT_ONCE = 16


class LostError(Exception):
    """A piece that is not there any more, or not whole."""


@dataclass(frozen=True)
class Job:
    """`words` name it. `tries`: how often it was handed out, this time included."""

    words: tuple[str, ...]
    tries: int
    message: Msg


class Queue:
    """The jobs of one service. Each has a name of words without dots or blanks, and is no more than its name."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime, self.name = runtime, runtime.service.name

    async def put(self, *words: str) -> None:
        """One more job; the same one again within ten seconds changes nothing. Raises NatsError where the broker is away."""
        subject = ".".join(("work", self.name, *words))
        await self.runtime.js.publish(subject, b"", stream=queue_of(self.name), headers={MSG_ID: subject})

    async def jobs(self) -> AsyncGenerator[Job]:
        """One after the other, until this process stops. While one is in hand the broker is told so; what was in hand when
        this is closed, or when the process was killed, is handed to another.
        """
        pull = Pull(self.runtime, HANDS, stream=queue_of(self.name), batch=1)
        async with aclosing(pull.batches()) as batches:
            async for (message,) in batches:
                words = tuple(message.subject.split(".")[2:])
                yield Job(words, message.metadata.num_delivered, message)

    async def done(self, job: Job) -> None:
        with suppress(NatsError):  # it comes again, and is known
            await job.message.ack()

    async def again(self, job: Job, *, seconds: float = 0.0) -> None:
        """Hand it out again, to whoever is free then."""
        with suppress(NatsError):
            await job.message.nak(delay=seconds or None)

    async def state(self) -> tuple[int, int]:
        """(jobs that wait or are in somebody's hands, processes that have one in hand or wait for one)."""
        found = await self.runtime.js.consumer_info(queue_of(self.name), HANDS)
        in_hand = found.num_ack_pending or 0
        return (found.num_pending or 0) + in_hand, (found.num_waiting or 0) + in_hand


class Pieces:
    """Bytes by name, in a bucket of the object store (NATS ADR-20). What begins with the same word, up to a slash, goes together.

    Read and written in requests, each answered: nats-py's own store reads by a consumer that it makes, which no service may.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.js, self.bucket = runtime.js, runtime.service.name
        self.stream = bucket_of(self.bucket)

    async def put(self, name: str, content: bytes) -> None:
        """Of several who put the same name the last is read. Raises NatsError where the broker has no room, or is away."""
        group, nuid = name.partition("/")[0], token_hex(8)
        chunks = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
        for chunk in chunks:
            await self.js.publish(f"$O.{self.bucket}.C.{group}.{nuid}", chunk, stream=self.stream)
        told = {
            "name": name,
            "bucket": self.bucket,
            "nuid": f"{group}.{nuid}",
            "size": len(content),
            "chunks": len(chunks),
            "digest": _digest(content),
        }
        await self.js.publish(self._meta(name), json.dumps(told).encode(), stream=self.stream, headers=ROLLUP)

    async def get(self, name: str) -> bytes:
        """Raises LostError where it is not there."""
        told = json.loads((await self._next(self._meta(name), 1))[1])
        content, seq = [], 1
        for _ in range(told["chunks"]):
            seq, chunk = await self._next(f"$O.{self.bucket}.C.{told['nuid']}", seq)
            content.append(chunk)
            seq += 1
        whole = b"".join(content)
        if _digest(whole) != told["digest"]:
            raise LostError(name)
        return whole

    async def drop(self, group: str, names: Iterable[str]) -> None:
        """Everything of a group, of which these are the names."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def purge(subject: str) -> None:
            async with turn:
                await self.js.purge_stream(self.stream, subject=subject)

        subjects = [f"$O.{self.bucket}.C.{group}.>", *map(self._meta, names)]
        await asyncio.gather(*map(purge, subjects))

    def _meta(self, name: str) -> str:
        return f"$O.{self.bucket}.M.{base64.urlsafe_b64encode(name.encode()).decode()}"

    async def _next(self, subject: str, seq: int) -> tuple[int, bytes]:
        try:
            found = await self.js.get_msg(self.stream, seq, subject, direct=True, next=True)
        except NotFoundError:
            raise LostError(subject) from None
        return found.seq or 0, found.data or b""


def _digest(content: bytes) -> str:
    return "SHA-256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
