"""What the schema promises: every word of it said, every field with a policy, and no change unnoticed."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_specified_scalar_type,
    parse,
    validate,
)

from commons_contracts.base import Query
from commons_contracts.codes import FaultCode, RefusalCode
from commons_gateway.context import Batch
from commons_gateway.mentoring import twins
from commons_gateway.schema import FETCHED, core, printed
from commons_gateway.walks import asks_of, id_places, kinds_of, walks

COMMITTED = Path(__file__).parents[1] / "schema.graphql"
PAGE = Path(__file__).parents[2] / "docs" / "frontend.md"
IDS = dict.fromkeys([*FETCHED, "Project", "Notice", "SessionTask"], "an id")


def own_types():
    for name, kind in core().type_map.items():
        if not name.startswith("__") and not is_specified_scalar_type(kind):
            yield name, kind


def shown_fields():
    """Every field of every type that a browser reads."""
    for name, kind in own_types():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            yield from ((f"{name}.{field_name}", field) for field_name, field in kind.fields.items())


def test_the_committed_schema_is_the_one_that_is_served():
    if os.environ.get("REWRITE"):
        COMMITTED.write_text(printed())
    assert COMMITTED.read_text() == printed(), "`make schema` writes it anew"


def test_what_the_page_for_frontends_shows_fits_the_schema():
    text = PAGE.read_text()
    (block,) = re.findall(r"```graphql\n(.*?)```", text, re.DOTALL)
    quoted = re.findall(r"query: `(.*?)`", text, re.DOTALL) + re.findall(r'"query": "(.*?)"', text)
    assert len(quoted) == 2
    for document in (block, *quoted):
        assert validate(core(), parse(document)) == []


def test_everything_in_the_schema_says_what_it_means():
    silent = []
    for name, kind in own_types():
        silent += [name] if not kind.description else []
        if isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, one in kind.values.items() if not one.description]
        for field_name, field in getattr(kind, "fields", {}).items():
            silent += [f"{name}.{field_name}"] if not field.description else []
            silent += [
                f"{name}.{field_name}({a})" for a, one in getattr(field, "args", {}).items() if not one.description
            ]
    assert silent == []


def test_every_field_has_a_policy():
    lawless = [name for name, field in shown_fields() if asks_of(field) is None]
    assert lawless == []


def test_whatever_another_service_brings_may_be_missing():
    asking = {name: field for name, field in shown_fields() if asks_of(field) and not name.startswith("Subscription.")}
    assert [name for name, field in asking.items() if isinstance(field.type, GraphQLNonNull)] == []


def test_every_input_that_takes_an_id_says_of_what():
    homeless = []
    for name, kind in own_types():
        takers = dict(kind.fields) if isinstance(kind, GraphQLInputObjectType) else {}
        for field_name, field in getattr(kind, "fields", {}).items():
            takers |= {f"{field_name}({a})": one for a, one in getattr(field, "args", {}).items()}
        for taker_name, taker in takers.items():
            if get_named_type(taker.type).name == "ID" and not set(kinds_of(taker)) <= set(IDS) - {""}:
                homeless.append(f"{name}.{taker_name}")
            if get_named_type(taker.type).name == "ID" and not kinds_of(taker):
                homeless.append(f"{name}.{taker_name}")
    assert homeless == []


def test_there_is_a_way_to_every_field():
    reached = {walk.name for walk in walks(core(), IDS)}
    assert {name for name, _ in shown_fields() if not name.startswith("Node.")} == reached
    assert len(list(id_places(core(), IDS))) > 25


def test_every_node_can_be_fetched_by_its_id():
    nodes = {name for name, kind in own_types() if isinstance(kind, GraphQLObjectType) and kind.interfaces}
    assert nodes == {*FETCHED, "Project"}


def test_the_closed_lists_are_complete():
    enums = {name: kind for name, kind in own_types() if isinstance(kind, GraphQLEnumType)}
    assert set(enums["RefusalCode"].values) == {code.name for code in RefusalCode}
    assert set(enums["FaultCode"].values) == {code.name for code in FaultCode}


def test_a_browser_can_read_and_write_every_part_of_a_programme_design():
    shown = {cls: contract for cls, contract in twins._contracts.items() if contract is not None}
    lacking = [
        f"{cls.__name__}.{n}"
        for cls, contract in shown.items()
        for n in contract.model_fields
        if n not in twins._names(cls)
    ]
    assert lacking == []


@pytest.mark.parametrize("batch", Batch.known, ids=lambda batch: batch.call.__name__ + batch.ids)
def test_loaders_say_what_they_ask_and_what_it_brings(batch):
    assert issubclass(batch.call, Query)
    assert batch.service == batch.call.subject.split(".")[1]
    assert batch.ids == "" or batch.ids in batch.call.model_fields
    assert len(batch.fields) > 1
