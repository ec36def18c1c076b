"""A gateway whose services are a script, and people who ask it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from strawberry.types.execution import ExecutionResult

from commons_contracts.codes import Language
from commons_contracts.ids import PersonId, ProjectId, person_of, project_of
from commons_gateway import devtoken
from commons_gateway.app import build, desk_of
from commons_gateway.context import Context, Desk
from commons_gateway.identity import NOBODY, Caller
from commons_gateway.rates import Rates
from commons_gateway.schema import schema
from commons_gateway.settings import GatewaySettings
from commons_gateway.testing import ScriptedAsker

RATES = 1_000
"""So many times what a platform allows: whoever tests that asks less of it."""


@dataclass
class Gateway:
    settings: GatewaySettings
    asker: ScriptedAsker
    desk: Desk
    key: Path

    def person(self, name: str) -> PersonId:
        return person_of(devtoken.ISSUER, name)

    def project(self, slug: str) -> ProjectId:
        return project_of(slug)

    def token(self, name: str = "ada", **claims: Any) -> str:
        return devtoken.issue(self.key, name, **{"project": "westem", **claims})

    def context(self, name: str | None = "ada", *, language: Language | None = Language.EN, **claims: Any) -> Context:
        caller = NOBODY if name is None else Caller(**{"person": self.person(name), "project": "westem", **claims})
        return Context(self.desk, caller, project="westem", language=language, request_id="the-request")

    async def execute(
        self, document: str, variables: dict[str, Any] | None = None, *, context: Context | None = None
    ) -> ExecutionResult:
        context = context or self.context()
        return await schema.execute(document, variable_values=variables, context_value=context)

    async def ask(self, document: str, variables: dict[str, Any] | None = None, **context: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        done = await self.execute(document, variables, context=self.context(**context))
        assert done.errors is None, done.errors
        return done.data or {}


@pytest.fixture
def gateway(tmp_path: Path) -> Gateway:
    key = tmp_path / "key.json"
    devtoken.make_key(key)
    settings = GatewaySettings(env="dev", token_key_file=key, rates=Rates(times=RATES))
    asker: Any = ScriptedAsker()
    desk = desk_of(settings, asker)
    return Gateway(settings, asker, desk, key)


@pytest.fixture
async def client(gateway: Gateway):
    transport = httpx.ASGITransport(build(gateway.settings, gateway.asker), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield client
