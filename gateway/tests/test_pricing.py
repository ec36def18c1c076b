"""What a question costs: told beforehand, in one look at each selection."""

from __future__ import annotations

import time

import pytest
from graphql import FieldNode, GraphQLInterfaceType, GraphQLObjectType
from hypothesis import given
from hypothesis import strategies as st

from commons_gateway.documents import Document, TooLong
from commons_gateway.fields import asks_of
from commons_gateway.pricing import DEAREST, Pricer
from commons_gateway.rates import BUCKET_OF, Bucket
from commons_gateway.schema import core

COUNTED = "query($n: Int! = 100) { viewer { connections(first: $n) { totalCount } } }"
SEARCH = 'place%d: places(name: "x") { name }'


def price(text, variables=None, operation=None):
    document = Document.read(text, "sha")
    return document.price(core(), document.operation(operation), variables or {})


def cost(text, **variables):
    return price(text, variables).cost


def test_a_list_costs_its_length():
    assert cost('{ node(id: "x") { id } }') == 1
    assert cost("{ viewer { connections(first: 50) { nodes { state mentor { displayName } } } } }") == 1 + 50 + 50 + 5
    assert cost("{ viewer { connections { edges { node { mentor { displayName } } } } } }") == 1 + 20 + 20 + 1
    many = "query($n: Int!, $ids: [ID!]!) { viewer { connections(first: $n) { totalCount } } nodes(ids: $ids) { id } }"
    assert cost(many, n=7, ids=["a", "b"]) == 1 + 7 + 1 + 2
    assert cost('{ nodes(ids: ["a", "b", "c"]) { id } }') == 1 + 3


def test_twenty_plain_values_cost_as_much_as_a_thing():
    assert cost("{ viewer { connections(first: 100) { nodes { state } } } }") == 101 + 5
    assert cost("{ viewer { connections(first: 100) { nodes { state daysLeft } } } }") == 101 + 10


def test_a_variable_counts_as_what_the_schema_will_read():
    assert cost(COUNTED) == cost(COUNTED, n=100) == cost(COUNTED, n=100.0) == 106
    assert cost(COUNTED, n=7) == 8
    for odd in (10**400, -(10**400), 1e300, float("inf"), "9", True, None, [], {}):
        assert 2 <= cost(COUNTED, n=odd) <= 106
    usual = "query($n: Int!) { viewer { connections(first: $n) { totalCount } } }"
    assert cost(usual) == 22
    digits = "{ viewer { connections(first: %s) { totalCount } } }"
    assert cost(digits % ("9" * 5000)) == cost(digits % "-5") + 104 == 106


def test_ids_in_a_variable_are_counted_whatever_they_are():
    ask = 'query($ids: [ID!]! = ["a", "b"]) { nodes(ids: $ids) { id } }'
    assert (cost(ask), cost(ask, ids=["a"]), cost(ask, ids="abc"), cost(ask, ids=5)) == (3, 2, 2, 2)


def test_only_the_operation_that_is_asked_for_is_paid():
    two = "query a { viewer { connections { totalCount } } } query b { viewer { account { state } } }"
    assert (price(two, operation="a").cost, price(two, operation="b").cost) == (22, 1)


def test_each_operation_has_variables_of_its_own():
    fragment = "fragment f on Query { viewer { connections(first: $n) { totalCount } } }"
    two = "query a($n: Int = 2) { ...f } query b($n: Int = 3) { ...f } " + fragment
    assert (price(two, operation="a").cost, price(two, operation="b").cost) == (3, 4)


def test_a_price_that_depends_on_nothing_is_told_from_memory():
    document = Document.read("query a { viewer { account { state } } }", "sha")
    chosen = document.operation(None)
    assert document.price(core(), chosen, {}) is document.price(core(), chosen, {"n": 1})
    document = Document.read(COUNTED, "sha")
    chosen = document.operation(None)
    assert document.price(core(), chosen, {"n": 5}).cost == 6
    assert document.price(core(), chosen, {"n": 9}).cost == 10


def test_fragments_that_double_are_priced_in_one_pass(monkeypatch):
    seen = []
    look = Pricer._field
    monkeypatch.setattr(Pricer, "_field", lambda self, *given: seen.append(given[1]) or look(self, *given))
    doubling = [f"fragment f{i} on Viewer {{ ...f{i + 1} ...f{i + 1} }}" for i in range(40)]
    text = "{ viewer { ...f0 } } " + " ".join(doubling) + " fragment f40 on Viewer { account { state } }"
    began = time.process_time()
    assert price(text).cost == DEAREST
    assert time.process_time() - began < 0.1
    assert all(isinstance(node, FieldNode) for node in seen)
    assert [node.name.value for node in seen] == ["viewer", "account", "state"]


def test_fragments_that_bite_their_tails_end():
    assert (
        cost("{ viewer { ...a } } fragment a on Viewer { ...b account { state } } fragment b on Viewer { ...a }") == 1
    )


@given(st.integers(65, 180), st.sampled_from(["{ viewer %s account { state } %s }", "{ nonsense %s a %s }"]))
def test_braces_within_braces_end(deep, around):
    for opens in ("{ nodes", "{ edges", "{ ... on Viewer"):
        with pytest.raises(TooLong):
            price(around % (opens * deep + " {", "}" * (deep + 1)))


def test_fragments_within_fragments_end():
    chain = " ".join(f"fragment f{i} on Viewer {{ ...f{i + 1} }}" for i in range(100))
    with pytest.raises(TooLong):
        price("{ viewer { ...f0 } } " + chain)


def test_looking_at_the_schema_costs_too():
    assert cost("{ __schema { types { name } } }") == 100
    assert cost('{ a: __type(name: "Query") { name } b: __type(name: "Query") { name } }') == 20


def test_searches_and_requests_are_counted_apart():
    assert price("{ " + " ".join(SEARCH % i for i in range(3)) + " }").calls == {Bucket.LOOK_UP: 3}
    ask = 'mutation { requestConnection(input: {round: "x", mentor: "x", style: TRADITIONAL}) { __typename } }'
    assert price(ask).calls == {Bucket.REQUEST: 1}
    rounds = '{ project(slug: "x") { rounds { mentors(first: 1) { totalCount } } } }'
    assert price(rounds).calls == {Bucket.LOOK_UP: 3}


def test_every_kind_of_question_that_is_counted_apart_can_be_asked():
    asked = {
        request
        for type_ in core().type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        for field in type_.fields.values()
        for request in asks_of(field) or ()
    }
    assert set(BUCKET_OF) <= asked
