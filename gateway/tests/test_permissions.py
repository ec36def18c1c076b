"""Who gets what: every field of the schema, asked for by everyone, against what the contracts say of its requests."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from commons_chassis.faults import Fault
from commons_contracts.base import Entry, Refusal
from commons_contracts.codes import FaultCode, RefusalCode, Role
from commons_contracts.ids import project_of
from commons_contracts.profiles import NoteActivity
from commons_gateway.relay import global_id
from commons_gateway.schema import FETCHED, core, schema
from commons_gateway.testing import THING
from commons_gateway.walks import Walk, walks

COMMITTED = Path(__file__).parents[1] / "permissions.md"
IDS = {
    kind: global_id(kind, 1 if kind == "Place" else THING) for kind in [*FETCHED, "Project", "Notice", "SessionTask"]
}
WALKS = list(walks(core(), IDS))
HERE = project_of("westem")
NODE = min(FETCHED)
"""What kind of thing `node` and `nodes` are asked for; the others have a test of their own."""
PEOPLE = {
    "anonymous": None,
    "stranger": frozenset(),
    "mentee": frozenset({Role.MENTEE}),
    "mentor": frozenset({Role.MENTOR}),
    "coordinator": frozenset({Role.COORDINATOR}),
    "operator": frozenset(),
}
"""Their roles in the project that is asked about. The stranger is a coordinator in another one."""


def verdict(who, request):
    """What the contract says of someone who puts this request: nothing, or the code she is answered with."""
    if request.entry is Entry.ANYONE:
        return None
    if who == "anonymous":
        return FaultCode.UNAUTHENTICATED
    if request.entry is Entry.OPERATOR:
        return None if who == "operator" else FaultCode.FORBIDDEN
    if request.entry is Entry.ACCOUNT:
        return None
    if not PEOPLE[who]:
        return RefusalCode.NOT_A_MEMBER
    wrong_role = request.for_roles and not request.for_roles & PEOPLE[who]
    return RefusalCode.ROLE_NOT_ALLOWED if wrong_role else None


def admit(gateway):
    """The services' own check, by what the gateway tells them of the caller."""
    names = {gateway.person(name): name for name in PEOPLE}

    def check(request, actor):
        who = names[actor.person] if actor.person else "anonymous"
        assert actor.operator == (who == "operator")
        assert actor.project == HERE
        code = verdict(who, type(request))
        if isinstance(code, RefusalCode):
            raise Refusal(code)
        if code is not None:
            raise Fault(code)

    return check


def expected(who, walk: Walk):
    """What the policies of the fields on the way make of it, the first no deciding."""
    for step, declared in zip(walk.steps, walk.asks, strict=True):
        if step.name == "viewer" and who == "anonymous":
            return "nothing"
        by_id = step is walk.steps[0] and step.name in {"node", "nodes"}
        asked = (FETCHED[NODE][0].call,) if by_id else declared
        codes = [verdict(who, request) for request in asked]
        if asked and all(codes):
            code = codes[0]
            in_union = isinstance(code, RefusalCode) and walk.root == "Mutation" and step is walk.steps[0]
            return f"refused {code}" if in_union else f"error {code}"
    return "shown"


async def outcome(gateway, who, walk: Walk):
    """What she is in fact answered."""
    context = (
        gateway.context(None) if who == "anonymous" else gateway.context(who, operator=who == "operator", expires=2**33)
    )
    if walk.root == "Subscription":
        stream = await schema.stream(walk.document, context_value=context)
        done = await anext(stream)
        await stream.aclose()
    else:
        done = await gateway.execute(walk.document, context=context)
    if done.errors:
        said = done.errors[0].extensions
        return f"error {said.get('refusal', said)['code']}"
    found = done.data
    for step in walk.steps:
        if isinstance(found, list):
            found = found[0] if found else None
        if found is None or step.name not in found:
            return f"refused {found['code']}" if found and found.get("__typename") == "Refused" else "nothing"
        found = found[step.name]
    if isinstance(found, dict) and found.get("__typename") == "Refused":
        return f"refused {found['code']}"
    return "nothing" if found is None and walk.name not in EMPTY_IN_A_SAMPLE else "shown"


EMPTY_IN_A_SAMPLE = {"Permission.reason", "Permission.message"}
NEVER_IN_A_SAMPLE = {"Refused.code", "Refused.message", "Refused.params"}


@pytest.mark.parametrize("who", PEOPLE)
async def test_everyone_is_answered_as_the_contracts_say(gateway, who):
    gateway.asker.admit = admit(gateway)
    wrong = []
    for walk in WALKS:
        if walk.name in NEVER_IN_A_SAMPLE:
            continue
        found, wanted = await outcome(gateway, who, walk), expected(who, walk)
        if found != wanted:
            wrong.append(f"{walk.name}: {found}, not {wanted}: {walk.document}")
    assert wrong == []


@pytest.mark.parametrize("kind", FETCHED)
@pytest.mark.parametrize("who", PEOPLE)
async def test_everyone_gets_a_node_as_its_own_request_says(gateway, who, kind):
    gateway.asker.admit = admit(gateway)
    (walk,) = [walk for walk in walks(core(), {**IDS, NODE: IDS[kind]}) if walk.name == "Query.node"]
    code = verdict(who, FETCHED[kind][0].call)
    assert await outcome(gateway, who, walk) == ("shown" if code is None else f"error {code}")


async def test_a_field_asks_only_what_it_declares(gateway):
    for walk in WALKS:
        gateway.asker.asked.clear()
        await asyncio.wait_for(outcome(gateway, "mentor", walk), 5)
        declared = {request for asked in walk.asks for request in asked}
        asked = {type(request) for request in gateway.asker.requests()} - {NoteActivity}
        assert asked <= declared, walk.name


def matrix():
    """Every field that asks somebody, and what each is answered; the others come with what they belong to."""
    head = ["field", "asks", *PEOPLE]
    lines = [
        "# Who may ask what",
        "",
        "Generated by gateway/tests/test_permissions.py from the schema and the contracts, and proven there for every field.",
        "A stranger is a coordinator of another project; an operator is a member of none. `make schema` writes this file anew.",
        "",
        *("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head))),
    ]
    for walk in sorted(WALKS, key=lambda walk: walk.name):
        if asked := walk.asks[-1]:
            cells = [expected(who, walk).removeprefix("error ").removeprefix("refused ") for who in PEOPLE]
            names = ", ".join(sorted(f"{request.owner}.{request.__name__}" for request in asked))
            lines.append(
                "| " + " | ".join([walk.name, names, *("yes" if cell == "shown" else cell for cell in cells)]) + " |"
            )
    return "\n".join(lines) + "\n"


def test_the_committed_matrix_is_the_one_that_holds():
    if os.environ.get("REWRITE"):
        COMMITTED.write_text(matrix())
    assert COMMITTED.read_text() == matrix()
