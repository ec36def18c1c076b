"""A peer's application as its documentation serves it: uvicorn, FastAPI, Strawberry's router; and who asks, by her token."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from joserfc import jwt

from commons_contracts.ids import PersonId, person_of
from commons_gateway import devtoken
from commons_gateway.cursors import Seal


class Tokens:
    """Checked anew with each request; cursors are closed with the same key as the gateway's, so that answers are the same."""

    def __init__(self, key: Path) -> None:
        self.key, self.seal = devtoken.public_key(key), Seal(key.read_bytes())
        self.claims = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": devtoken.ISSUER}, aud={"essential": True, "value": devtoken.AUDIENCE}
        )

    def person(self, request: Request) -> PersonId:
        try:
            bearer = request.headers["Authorization"].removeprefix("Bearer ")
            token = jwt.decode(bearer, self.key, algorithms=[devtoken.ALGORITHM])
            self.claims.validate(token.claims)
        except (KeyError, ValueError) as no:
            raise HTTPException(401) from no
        return person_of(devtoken.ISSUER, token.claims["sub"])


class Ready(uvicorn.Server):
    """Beside others on a loop: it says when it serves, and leaves signals alone."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serves.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def served(app: FastAPI, port: int) -> AsyncIterator[None]:
    server = Ready(uvicorn.Config(app, port=port, log_config=None, access_log=False, timeout_keep_alive=60))
    serving = asyncio.create_task(server.serve())
    await server.serves.wait()
    yield
    server.should_exit = True
    await serving
