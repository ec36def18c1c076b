"""How much may be asked at once, and what it is told to cost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from graphql import get_introspection_query

from commons_chassis.clock import real_now
from commons_contracts.mentoring import ProgrammesPage
from commons_gateway.limits import IN_VAIN
from commons_gateway.rates import Meter, Rates
from commons_gateway.schema import schema

MENTORS = """{ project(slug: "westem") { programmes(first: %d) { nodes { round { mentors(first: %d) { edges { node {
    person { id displayName } introduction { title } fit { points parts { criterion } } } } } } } } } }"""
CHEAP = "{ viewer { connections { nodes { state } } } }"
PERSON = 5_000


@pytest.fixture(autouse=True)
def usual_rates(gateway):
    """As on a platform, with a clock that stands still."""
    object.__setattr__(gateway.desk, "rates", Meter(Rates(), lambda: 0.0))


async def refused(gateway, document, variables=None, **context):
    done = await gateway.execute(document, variables, context=gateway.context(**context))
    return done.errors[0] if done.errors else None


async def told(gateway, document, **context):
    done = await gateway.execute(document, context=gateway.context(**context))
    return done.extensions["cost"]


async def test_a_page_of_mentors_is_cheap_enough_and_a_hundred_of_them_are_not(gateway):
    assert await refused(gateway, MENTORS % (1, 100)) is None
    error = await refused(gateway, MENTORS % (50, 100))
    assert error.extensions["code"] == "QUERY_TOO_COMPLEX"
    assert "cost" in error.message
    assert len(gateway.asker.requests(ProgrammesPage)) == 1


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ("{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}", "aliases 16 of 15"),
        (
            "{" + "viewer { account { state } } " + " ".join(f'f{i}: node(id: "x") {{ id }}' for i in range(5)) + "}",
            "fields 6 of 5",
        ),
        ("{ viewer { account { state " + "@skip(if: false) " * 21 + "} } }", "directives 21 of 20"),
        ("{ viewer { person " + "{ a " * 11 + "}" * 11 + " } }", "depth 13 of 10"),
        (
            "{ viewer { " + " ".join(f"a{i}: connections(first: 100) {{ nodes {{ id }} }}" for i in range(10)) + " } }",
            "cost 1",
        ),
        ("{ " + "viewer { account { state } } " * 150 + "}", "tokens 1000"),
        ("{ viewer " + "{ viewer " * 190 + "{ a }" + "}" * 191, "nesting"),
        ("{ viewer { account { " + "state " * 900 + "} } }", "fields of one name"),
    ],
)
async def test_each_limit_is_named(gateway, document, what):
    error = await refused(gateway, document)
    assert error.extensions["code"] == "QUERY_TOO_COMPLEX"
    assert what in error.message
    assert gateway.asker.asked == []


async def test_what_is_within_the_limits_is_answered(gateway):
    for document in (
        "{" + " ".join(f"a{i}: __typename" for i in range(4)) + "}",
        "{ viewer { account { " + " ".join(f"a{i}: state" for i in range(15)) + " } } }",
        "{" + " ".join(f'f{i}: node(id: "x") {{ id }}' for i in range(5)) + "}",
        "{ viewer { account { " + "state @skip(if: false) " * 20 + "} } }",
        "{ " + "viewer { account { state } } " * 5 + "}",
    ):
        assert await refused(gateway, document) is None, document


async def test_a_bottomless_document_is_refused(gateway):
    for document in ("{ viewer " + "{ viewer " * 400, "{ a" + "{ a" * 320 + "}" * 321):
        assert (await refused(gateway, document)).extensions["code"] == "QUERY_TOO_COMPLEX"
    assert (await refused(gateway, "{" * 900)).extensions["code"] == "GRAPHQL_PARSE_FAILED"
    lists = "{ viewer { connections(states: %s) { totalCount } } }" % ("[" * 400 + "]" * 400)
    assert (await refused(gateway, lists)).extensions["code"] == "QUERY_TOO_COMPLEX"


async def test_fragments_that_bite_their_tails_are_refused(gateway):
    error = await refused(gateway, "{ viewer { ...a } } fragment a on Viewer { ...b } fragment b on Viewer { ...a }")
    assert error.extensions["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_limits_come_before_validation(gateway):
    nonsense = "{ viewer { " + " ".join(f"a{i}: nonsense" for i in range(16)) + " } }"
    assert (await refused(gateway, nonsense)).extensions["code"] == "QUERY_TOO_COMPLEX"


async def test_the_first_complaints_are_told_and_not_all(gateway):
    done = await gateway.execute("{ viewer { " + "nonsense " * 300 + " } }")
    assert len(done.errors) <= 21


async def test_tools_can_read_the_schema(gateway):
    done = await gateway.execute(get_introspection_query(), context=gateway.context(None))
    assert done.errors is None


async def test_a_stranger_reads_it_in_production_as_text_only(gateway):
    object.__setattr__(gateway.desk, "dev", False)
    for document in (get_introspection_query(), "{ ... on Query { ... { __schema { __typename } } } }"):
        assert (await refused(gateway, document, name=None)).extensions["code"] == "INTROSPECTION_DISABLED"
    assert await refused(gateway, get_introspection_query(), name="ada") is None
    assert await refused(gateway, "{ __typename }", name=None) is None


async def test_a_document_that_was_admitted_for_one_is_not_for_another(gateway):
    assert await refused(gateway, get_introspection_query(), name="ada") is None
    object.__setattr__(gateway.desk, "dev", False)
    assert (await refused(gateway, get_introspection_query(), name=None)).extensions["code"] == "INTROSPECTION_DISABLED"


async def test_the_cost_is_told(gateway):
    first = await told(gateway, CHEAP)
    assert {**first, "resetAt": None} == {"requested": 22, "limit": 1000, "remaining": PERSON - 22, "resetAt": None}
    full = datetime.fromisoformat(first["resetAt"])
    assert timedelta(seconds=-1) <= full - real_now().astimezone(UTC) <= timedelta(seconds=2)
    assert (await told(gateway, CHEAP))["remaining"] == PERSON - 44
    assert (await told(gateway, CHEAP, name="grace"))["remaining"] == PERSON - 22


@pytest.mark.parametrize(
    ("document", "requested"),
    [
        ("{ viewer", 0),
        ("{ " + "viewer { account { state } } " * 150 + "}", 0),
        ("{ viewer { connections { nonsense } } }", 22),
        ("{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}", 0),
        (MENTORS % (50, 100), 31_902),
    ],
)
async def test_the_cost_is_told_where_nothing_was_answered(gateway, document, requested):
    cost = await told(gateway, document)
    assert (cost["requested"], cost["remaining"]) == (requested, PERSON - IN_VAIN)


async def test_the_first_answer_of_a_subscription_tells_its_cost(gateway):
    results = await schema.stream(
        "subscription { connectionChanged { connections { id } } }", context_value=gateway.context()
    )
    first = await anext(results)
    await results.aclose()
    assert first.extensions["cost"]["requested"] == 4
