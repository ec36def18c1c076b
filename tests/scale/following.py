"""Match runs as a coordinator has them, in GraphQL: started, followed to their end, read page by page, published."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from commons_chassis.testing import eventually
from commons_contracts.codes import Role
from commons_onebox.home import Home

from .rush import Rush

START = """mutation ($input: StartMatchRunInput!) { startMatchRun(input: $input) {
  ... on MatchRun { id } ... on Refused { code } } }"""
LOOK = """query ($id: ID!) { node(id: $id) { ... on MatchRun {
  state failure resultHash shards shardsDone matched mentors mentees places total } } }"""
PAGE = """query ($id: ID!, $after: String) { node(id: $id) { ... on MatchRun { proposals(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor } edges { node { score explanation { contribution } } } } } } }"""
PUBLISH = """mutation ($input: MatchRunInput!) { publishMatchRun(input: $input) {
  ... on MatchRun { state } ... on Refused { code params } } }"""
OVER = {"PROPOSED", "FAILED", "CANCELLED", "PUBLISHED"}
LOOK_SECONDS, PATIENCE = 0.5, 600.0


class Runs:
    def __init__(self, home: Home, rush: Rush) -> None:
        self.home, self.rush, self.stop = home, rush, False
        self.token = rush.token(Role.COORDINATOR, 0)

    async def start(self, *, dry: bool = True, seed: int = 1) -> str:
        given = {"round": self.rush.round, "dryRun": dry, "seed": seed}
        said = (await self.rush.say(self.token, START, input=given))["data"]["startMatchRun"]
        assert "id" in said, said
        return str(said["id"])

    async def ended(self, run: str) -> dict[str, Any]:
        """How it ended, and after how many seconds."""
        began = time.perf_counter()
        while time.perf_counter() - began < PATIENCE:
            said = await self.rush.say(self.token, LOOK, id=run)
            found: dict[str, Any] | None = said["data"]["node"]
            if found is None:
                assert said["errors"][0]["extensions"]["retryable"], said
            elif found["state"] in OVER:
                return found | {"seconds": round(time.perf_counter() - began, 1)}
            await asyncio.sleep(LOOK_SECONDS)
        raise TimeoutError(run)

    async def again_and_again(self) -> list[dict[str, Any]]:
        """One after the other until it is enough; the last one is followed to its end."""
        found, self.stop = [], False
        while not self.stop:
            found.append(await self.ended(await self.start()))
            assert found[-1]["state"] == "PROPOSED", found[-1]
        return [{name: each[name] for name in ("seconds", "matched", "shards")} for each in found]

    async def enough(self, going: asyncio.Task[list[dict[str, Any]]]) -> list[dict[str, Any]]:
        self.stop = True
        return await going

    async def pages(self, run: str) -> list[dict[str, Any]]:
        """Every proposal."""
        found: list[dict[str, Any]] = []
        after = None
        while True:
            page = (await self.rush.say(self.token, PAGE, id=run, after=after))["data"]["node"]["proposals"]
            found += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    async def publish(self, run: str) -> dict[str, Any]:
        said = await self.rush.say(self.token, PUBLISH, input={"run": run})
        published: dict[str, Any] = said["data"]["publishMatchRun"]
        return published

    async def settled(self, ground: Any, *, seconds: float = 30.0) -> None:
        """Until everything is told."""
        await eventually(lambda: ground.one("matching", "select count(*) from outbox") == 0, seconds=seconds)
