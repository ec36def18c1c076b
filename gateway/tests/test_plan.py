"""Plans answer as GraphQL's own executor does: data, errors and their paths, whatever is asked and whoever fails."""

from __future__ import annotations

import contextlib
import json
import random
import types
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import NewType, Union, get_args, get_origin
from uuid import UUID

import pytest
import strawberry
from graphql import OperationDefinitionNode, build_schema, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries
from pydantic import BaseModel

from commons_chassis.faults import Fault
from commons_contracts.base import Page, Refusal
from commons_contracts.codes import FaultCode, RefusalCode
from commons_contracts.ids import Coded
from commons_contracts.matching import MentorsPage, RoundsOf
from commons_contracts.profiles import NoteActivity, OwnProfile
from commons_gateway.context import Batch
from commons_gateway.execution import Schema
from commons_gateway.plan import Plans, answered
from commons_gateway.plan.leaves import Further, list_putter
from commons_gateway.plan.steps import things_putter
from commons_gateway.relay import NOWHERE, global_id
from commons_gateway.schema import FETCHED, core, printed, schema
from commons_gateway.testing import CODED, MARK, NOW, THING, sample
from commons_gateway.walks import walks

TASKS = [
    task
    for task in sorted((Path(__file__).parents[1] / "web" / "src" / "tasks").glob("*.graphql"))
    if [one.operation.value for one in parse(task.read_text()).definitions if isinstance(one, OperationDefinitionNode)]
    == ["query"]
]
"""What our own pages ask in one question; changes and subscriptions have no plan."""
POOL = [UUID(int=THING.int + nth) for nth in range(6)]
IDS = {
    kind: global_id(kind, 1 if kind == "Place" else THING) for kind in [*FETCHED, "Project", "Notice", "SessionTask"]
}
WRONG = [
    Refusal(RefusalCode.NOT_A_MEMBER),
    Refusal(RefusalCode.NOT_FOUND),
    Fault(FaultCode.UNAVAILABLE, retry_after=1.0),
    Fault(FaultCode.DEADLINE_EXCEEDED),
]


class Whim:
    """Services that answer by chance, and alike whenever they are asked alike."""

    def __init__(self, seed: int, failing: float) -> None:
        self.seed, self.failing = seed, failing

    def __call__(self, request, actor):
        kind, reply = type(request), type(request).reply
        service = random.Random(f"{self.seed} {kind.owner} {actor.project}")
        if service.random() < self.failing:
            raise service.choice(WRONG)
        if not self.is_there(getattr(request, "round", None)):
            raise Refusal(RefusalCode.NOT_FOUND)
        batches = [batch for batch in Batch.known if batch.call is kind and batch.ids and getattr(request, batch.ids)]
        if batches:
            return reply.model_construct(items=tuple(self.asked_for(batches[0], request, reply)))
        lot = random.Random(f"{self.seed} {kind.__name__} {request.model_dump_json()} {actor.project}")
        return self.any_page(reply, lot) if issubclass(reply, Page) else self.any(reply, lot)

    def is_there(self, id):
        return id is None or (id != NOWHERE and random.Random(f"{self.seed} {id}").random() < 0.8)

    def asked_for(self, batch, request, reply):
        """Most of them, each as she always is, whoever else is asked for."""
        others = request.model_dump_json(exclude={batch.ids})
        for id in getattr(request, batch.ids):
            lot = random.Random(f"{self.seed} {type(request).__name__} {others} {id}")
            thing = self.any(get_args(reply.model_fields["items"].annotation)[0], lot)
            keyed = next(
                name for name in type(thing).model_fields if batch.key(thing.model_copy(update={name: MARK})) is MARK
            )
            if self.is_there(id):
                yield thing.model_copy(update={keyed: id})

    def any_page(self, reply, lot):
        (item,) = reply.__pydantic_generic_metadata__["args"]
        items = tuple(self.any(item, lot) for _ in range(lot.randint(0, 3)))
        return reply.model_construct(
            items=items, cursors=tuple(map(str, range(len(items)))), more=lot.random() < 0.5, total=9
        )

    def any(self, kind, lot):
        if isinstance(kind, NewType):
            return self.any(kind.__supertype__, lot)
        if get_origin(kind) is not None:
            return self.any_of(get_origin(kind), get_args(kind), lot)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return lot.choice(list(kind))
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind.model_construct(**{name: self.field(one, lot) for name, one in kind.model_fields.items()})
        plain = {
            str: lot.choice(["", "å", "sv"]),
            int: lot.randint(0, 9),
            float: lot.random(),
            bool: lot.random() < 0.5,
        }
        return {**plain, UUID: lot.choice(POOL), type(NOW): NOW, type(NOW.date()): NOW.date()}[kind]

    def field(self, field, lot):
        scheme = next((mark.scheme for mark in field.metadata if isinstance(mark, Coded)), "")
        return CODED.get(scheme) or self.any(field.annotation, lot)

    def any_of(self, origin, args, lot):
        if origin in {Union, types.UnionType}:
            return None if lot.random() < 0.3 else self.any(next(one for one in args if one is not type(None)), lot)
        if origin is tuple:
            return tuple(self.any(args[0], lot) for _ in range(lot.randint(0, 3)))
        if issubclass(origin, Mapping):
            return {self.any(args[0], lot): self.any(args[1], lot)}
        return self.any(args[0], lot)


class Everything(dict):
    """Every request is answered by the whim."""

    def __init__(self, whim) -> None:
        super().__init__()
        self.whim = whim

    def get(self, _kind, _default=None):
        return self.whim


def shown(result):
    errors = [
        (e.message, e.path, [str(at) for at in e.locations or ()], str(e.original_error)) for e in result.errors or ()
    ]
    return json.dumps(result.data, default=str), sorted(errors, key=str)


def _words(request):
    """What it asks for, in no order."""
    return sorted(
        str(one) for value in request.model_dump().values() for one in (value if isinstance(value, tuple) else (value,))
    )


async def both(gateway, text, variables=None, *, whim=None):
    """The answer of each, on grounds of their own, with what each asked; None for what has no plan."""
    if whim:
        gateway.asker.answers = Everything(whim)
    document, found = parse(text), []
    (operation,) = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    for planned in (True, False):
        context = gateway.context()
        context.document = document
        gateway.asker.asked.clear()
        gateway.desk.projects.clear()
        if planned:
            result = await answered(core(), Plans(), document, operation, variables or {}, context)
        else:
            result = await strawberry.Schema.execute(schema, text, variables, context)
        calls = sorted(f"{type(r).__name__} {a.project} {_words(r)}" for r, a, _ in gateway.asker.asked)
        found.append((shown(result) if result else None, calls))
    return found


@pytest.mark.parametrize("failing", [0.0, 0.4])
async def test_every_field_is_answered_alike(gateway, failing):
    unplanned = []
    for nth, walk in enumerate(walk for walk in walks(core(), IDS) if walk.root == "Query"):
        planned, other = await both(gateway, walk.document, whim=Whim(nth, failing))
        if planned[0] is None:
            unplanned.append(walk.name)
        else:
            assert planned == other, walk.document
    assert unplanned == []


@pytest.mark.parametrize("failing", [0.0, 0.2])
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.stem)
async def test_what_our_pages_ask_is_answered_alike(gateway, task, failing):
    given = task.with_suffix(".json")
    variables = json.loads(given.read_text()) if given.exists() else {}
    for seed in range(5):
        planned, other = await both(gateway, task.read_text(), variables, whim=Whim(seed, failing))
        assert planned[0] is not None
        assert planned[0] == other[0]


SCALARS = {
    "CountryCode": nodes.String("SE"),
    "LanguageTag": nodes.String("sv"),
    "FieldCode": nodes.String("0613"),
    "TimeZone": nodes.String("Europe/Stockholm"),
    "DateTime": nodes.String("2026-09-10T00:00:00Z"),
    "Date": nodes.String("2026-10-01"),
}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=queries(build_schema(printed()), custom_scalars={name: st.just(node) for name, node in SCALARS.items()}),
    seed=st.integers(0, 1000),
    failing=st.sampled_from([0.0, 0.1, 0.5]),
)
async def test_whatever_is_asked_is_answered_alike(gateway, text, seed, failing):
    planned, other = await both(gateway, text, whim=Whim(seed, failing))
    if planned[0] is not None:
        assert planned[0] == other[0], text


MENTORS = """query($r: ID!, $far: Boolean!, $first: Int) { node(id: $r) { ... on Round { mentors(first: $first) { edges { node {
  person { id name: displayName name: displayName } ...far @include(if: $far) introduction @skip(if: $far) { text } } } } } } }
  fragment far on Mentor { distanceKm person { audience } ... { freePlaces __typename } }"""


@pytest.mark.parametrize("far", [True, False])
async def test_what_is_skipped_and_included_is_a_plan_of_its_own(gateway, far):
    plans = Plans()
    document = parse(MENTORS)
    for choice in (far, not far, far):
        variables = {"r": IDS["Round"], "far": choice, "first": 3}
        planned, other = await both(gateway, MENTORS, variables, whim=Whim(3, 0))
        assert planned[0] == other[0]
        await answered(core(), plans, document, document.definitions[0], variables, gateway.context())
    assert len(plans._made) == 2


async def test_a_null_that_reaches_further_is_told_in_graphqls_own_words(gateway):
    """Where a service leaves out what it must not; and nobody is asked twice for what was loaded already."""
    gateway.asker.answers[OwnProfile] = sample(OwnProfile.reply).model_copy(update={"paused": None})
    text = "{ viewer { profile { paused } person { displayName } account { state } } }"
    planned, other = await both(gateway, text)
    assert planned[0] is None
    assert json.loads(other[0][0])["viewer"]["profile"] is None
    gateway.asker.asked.clear()
    done = await gateway.execute(text)
    assert done.data == json.loads(other[0][0])
    assert [error.extensions["code"] for error in done.errors] == ["INTERNAL"]
    assert sorted(type(r).__name__ for r in gateway.asker.requests() if not isinstance(r, NoteActivity)) == [
        "OwnProfile",
        "PeopleByIds",
        "Viewer",
    ]


OF_A_ROUND = """query($id: ID!, $near: NearInput) { node(id: $id) { id __typename ... on Round { mentors(first: 2, filter: {near: $near}) {
  totalCount nodes { freePlaces } } } } }"""


@pytest.mark.parametrize("failing", [0.0, 0.5])
@pytest.mark.parametrize("id", [IDS["Round"], IDS["Match"], global_id("Round", "none"), "nonsense"])
@pytest.mark.parametrize("near", [None, {"place": IDS["Place"]}])
async def test_a_round_is_not_fetched_to_find_its_mentors_and_is_missed_all_the_same(gateway, id, near, failing):
    text = OF_A_ROUND.replace(
        "NearInput", next(iter(core().type_map["MentorFilter"].fields["near"].type.name.split("!")))
    )
    for seed in range(12):
        planned, other = await both(gateway, text, {"id": id, "near": near}, whim=Whim(seed, failing))
        if planned[0] is not None:
            assert planned[0] == other[0]
        if planned[0] is not None and id == IDS["Round"] and not other[0][1]:
            assert planned[1][0].startswith("MentorsPage")
    gateway.asker.answers = {MentorsPage: Refusal(RefusalCode.NOT_FOUND), RoundsOf: RoundsOf.reply(items=())}
    done = await gateway.execute(text, {"id": id})
    assert (done.data, done.errors) == ({"node": None}, None) if id != IDS["Match"] else True


@pytest.mark.parametrize("make", [things_putter, list_putter])
@pytest.mark.parametrize(
    ("required", "items_required", "value", "fits"),
    [
        (True, True, ["a", "b"], True),
        (True, True, ["a", None], False),
        (True, False, ["a", None], True),
        (True, True, None, False),
        (False, True, None, True),
        (False, True, "no list", False),
    ],
)
def test_what_must_not_be_null_in_a_list_is_noticed(make, required, items_required, value, fits):
    what = (lambda _things, _places: []) if make is things_putter else str
    put = make("key", what, required=required, items_required=items_required)
    with contextlib.nullcontext() if fits else pytest.raises(Further):
        put([value], [{}])


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("query($n: Int!) { viewer { notices(first: $n) { totalCount } } }", {"n": "many"}),
        ("{ __schema { queryType { name } } }", {}),
        ("mutation { chooseLanguage(input: {language: SV}) { __typename } }", {}),
    ],
)
async def test_what_has_no_plan_is_left_alone(gateway, text, variables):
    planned, _ = await both(gateway, text, variables)
    assert planned[0] is None


async def test_an_operation_is_answered_by_its_plan_unless_it_is_switched_off(gateway, monkeypatch):
    """The same through the door, with what stands around an answer."""
    text = '{ viewer { profile { paused } } project(slug: "westem") { members { totalCount } } }'
    used = []

    async def counted(self, *parts):
        used.append(await original(self, *parts))
        return used[-1]

    original = Schema._planned
    monkeypatch.setattr(Schema, "_planned", counted)
    on = await gateway.execute(text)
    object.__setattr__(gateway.desk, "plans", False)
    off = await gateway.execute(text)
    assert [one is None for one in used] == [False, True]
    assert (on.data, on.errors, on.extensions["cost"]["requested"]) == (
        off.data,
        off.errors,
        off.extensions["cost"]["requested"],
    )
