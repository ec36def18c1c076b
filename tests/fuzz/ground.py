"""A platform as it runs, people who ask it anything, and the ids that it has shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from faults.ground import WESTEM, Ground, house

from commons_contracts.codes import Role
from commons_gateway.relay import parts_of
from commons_onebox import tokens
from commons_onebox.home import SERVICES

from .cases import Case

PLACEHOLDER = re.compile(rb"@([A-Za-z]+):(\d)")
ID = re.compile(rb'"(?:id|endCursor|cursor|startCursor)":"([\w-]+)"')
MOST_KNOWN = 40
ANSWER_SECONDS = 30.0
MENTORS, MENTEES = 12, 12
WALKED = (
    """{ project(slug: "westem") { id programmes { nodes { id round { id mentors(first: 25) { edges { cursor node {
        person { id } } } } } } } } }""",
    "{ viewer { connections { edges { cursor node { id mentor { id } } } } notices { edges { cursor node { id } } } } }",
    '{ places(name: "S", first: 20) { id name } }',
)


@dataclass
class People:
    """Those who ask: nobody in particular, and one for each of some roles. What they are shown is remembered."""

    ground: Ground
    http: httpx.Client
    tokens: Mapping[str, str]
    known: dict[str, list[bytes]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted(self.tokens)

    def ask(self, case: Case, who: str) -> httpx.Response:
        """The answer to a case, asked as somebody."""
        headers = {"content-type": b"application/json", "commons-project": WESTEM.slug.encode()}
        if self.tokens[who]:
            headers["authorization"] = f"Bearer {self.tokens[who]}".encode()
        path = b"/graphql" + (b"?" + case.query if case.query else b"")
        body = PLACEHOLDER.sub(self._id, case.body)
        url = self.http.base_url.copy_with(raw_path=path)
        answer = self.http.request(case.method, url, content=body, headers={**headers, **case.headers})
        self._remember(answer.content)
        return answer

    def look_around(self) -> None:
        """So that there is something to know, before anyone asks at random."""
        for who in self.names:
            for query in WALKED:
                self.ask(Case("walk", json.dumps({"query": query}).encode()), who)

    def _id(self, found: re.Match[bytes]) -> bytes:
        known = self.known.get(found[1].decode()) or [b"none"]
        return known[int(found[2]) % len(known)]

    def _remember(self, content: bytes) -> None:
        for id in ID.findall(content):
            parts = parts_of(id.decode())
            known = self.known.setdefault(parts[0] if parts else "cursor", [])
            if id not in known and len(known) < MOST_KNOWN:
                known.append(id)

    def standing(self) -> dict[str, int | None]:
        """Which process each part of the platform is: one that breaks is started again as another."""
        return {name: self.ground.pid(name) for name in ("gateway", *SERVICES)}

    def broken(self) -> list[str]:
        """What the logs say went wrong."""
        lines = [
            line for log in sorted(self.ground.home.folder.rglob("*.log")) for line in log.read_text().splitlines()
        ]
        return [line for line in lines if "INTERNAL" in line or "Traceback" in line or "a field failed" in line]


@contextmanager
def people(folder: Path) -> Iterator[People]:
    """A platform in development, because an operator may do most there, with rates that stop nobody."""
    with house(folder, mentors=MENTORS, mentees=MENTEES, environment={"COMMONS_RATES__TIMES": "1000000"}) as ground:
        home = ground.home
        roles = [*(role.value for role in (Role.MENTEE, Role.MENTOR, Role.COORDINATOR)), tokens.OPERATOR]
        known = {role.lower(): tokens.issue(home.issuer_key, f"{role}@{WESTEM.slug}") for role in roles}
        assert home.run
        with httpx.Client(base_url=home.run.url, timeout=ANSWER_SECONDS) as http:
            found = People(ground, http, {"anonymous": "", **known})
            found.look_around()
            yield found
