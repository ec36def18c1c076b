"""How much may be asked at once, and that finding out costs little."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

from commons_contracts.mentoring import ProgrammesPage
from commons_gateway.limits import price
from commons_gateway.schema import core

MENTORS = """{ project(slug: "westem") { programmes(first: %d) { nodes { round { mentors(first: %d) { edges { node {
    person { id displayName } introduction { title } fit { parts { criterion points } } } } } } } } } }"""


async def refused(gateway, document, **context):
    done = await gateway.execute(document, context=gateway.context(**context))
    return done.errors[0] if done.errors else None


def cost(document, **variables):
    return price(core(), parse(document), variables).cost


def test_a_list_costs_its_length():
    assert cost('{ node(id: "x") { id } }') == 1
    assert cost("{ viewer { connections(first: 50) { nodes { state mentor { displayName } } } } }") == 1 + 50 + 50
    assert cost("{ viewer { connections { edges { node { mentor { displayName } } } } } }") == 1 + 20 + 20
    many = "query($n: Int!, $ids: [ID!]!) { viewer { connections(first: $n) { totalCount } } nodes(ids: $ids) { id } }"
    assert cost(many, n=7, ids=["a", "b"]) == 1 + 7 + 1 + 2
    assert cost('{ nodes(ids: ["a", "b", "c"]) { id } }') == 1 + 3


async def test_a_page_of_mentors_is_cheap_enough_and_a_hundred_of_them_are_not(gateway):
    assert await refused(gateway, MENTORS % (1, 100)) is None
    error = await refused(gateway, MENTORS % (50, 100))
    assert error.extensions["code"] == "QUERY_TOO_COMPLEX"
    assert "cost" in error.message
    assert len(gateway.asker.requests(ProgrammesPage)) == 1


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ("{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}", "aliases"),
        (
            "{" + "viewer { account { state } } " + " ".join(f'f{i}: node(id: "x") {{ id }}' for i in range(5)) + "}",
            "fields",
        ),
        ("{ viewer { account { state " + "@skip(if: false) " * 21 + "} } }", "directives"),
        ("{ viewer { person " + "{ a " * 11 + "}" * 11 + " } }", "depth"),
    ],
)
async def test_each_limit_is_named(gateway, document, what):
    error = await refused(gateway, document)
    assert error.extensions["code"] == "QUERY_TOO_COMPLEX"
    assert what in error.message


async def test_a_long_document_is_not_read_to_its_end(gateway):
    error = await refused(gateway, "{" + " viewer { account { state } }" * 300 + "}")
    assert error.extensions["code"] in {"GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX"}
    assert "1000 tokens" in error.message


async def test_a_bottomless_document_is_refused(gateway):
    for document in ("{ viewer " + "{ viewer " * 400, "{" * 900, "{ a" + "{ a" * 320 + "}" * 321):
        assert (await refused(gateway, document)).extensions["code"] in {"GRAPHQL_PARSE_FAILED", "QUERY_TOO_COMPLEX"}


async def test_fragments_that_double_are_priced_in_one_pass(gateway):
    doubling = [f"fragment f{i} on Viewer {{ ...f{i + 1} ...f{i + 1} }}" for i in range(40)]
    document = "{ viewer { ...f0 } } " + " ".join(doubling) + " fragment f40 on Viewer { account { state } }"
    began = time.process_time()
    found = price(core(), parse(document), {})
    assert time.process_time() - began < 0.1
    assert found.cost == 2**40
    assert (await refused(gateway, document)).extensions["code"] == "QUERY_TOO_COMPLEX"


async def test_fragments_that_bite_their_tails_end(gateway):
    error = await refused(gateway, "{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }")
    assert error.extensions["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_tools_can_read_the_schema(gateway):
    done = await gateway.execute(get_introspection_query(), context=gateway.context(None))
    assert done.errors is None


async def test_a_stranger_reads_it_in_production_as_text_only(gateway):
    object.__setattr__(gateway.desk, "dev", False)
    for document in (get_introspection_query(), "{ ... on Query { ... { __schema { __typename } } } }"):
        assert (await refused(gateway, document, name=None)).extensions["code"] == "INTROSPECTION_DISABLED"
    assert await refused(gateway, get_introspection_query(), name="ada") is None
    assert await refused(gateway, "{ __typename }", name=None) is None


async def test_the_cost_is_told(gateway):
    done = await gateway.execute("{ viewer { connections { totalCount } } }")
    assert done.extensions["cost"] == {"requested": 21, "limit": 1000}
