"""What is asked: documents of the whole schema, fields with hostile values, and bodies that are hardly requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import graphql
import schemathesis
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes
from schemathesis.generation import GenerationMode

from commons_gateway.schema import core, printed
from commons_gateway.walks import Walk, kinds_of, walks

from .values import CURSORS, IDS, KINDS, NEVER, ODD, RARELY, SCHEMA, TEXTS, VALUES, known, mostly

ROOTS = [(root, name) for root in (SCHEMA.query_type, SCHEMA.mutation_type) for name in root.fields]
JSON_TYPE = "application/json"
MOST_CHARACTERS = 3_000


@dataclass(frozen=True)
class Case:
    """One request. In its body `@Person:3` stands for the fourth id of a person that the platform has shown so far, and
    `@cursor:0` for a cursor of the caller's.
    """

    kind: str
    body: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)
    method: str = "POST"
    query: bytes = b""


def _node(name: str) -> st.SearchStrategy[graphql.ValueNode]:
    """A value as a node that hypothesis-graphql takes; what the scalar's own shape allows, mostly."""
    if name in {"Int", "Float", "Boolean"}:
        raise KeyError(name)
    good, odd = VALUES[name]
    return mostly(good, odd).map(nodes.String)


CUSTOM = {name: _node(name) for name in VALUES if name not in {"Int", "Float", "Boolean", "String"}}
CUSTOM["String"] = _node("String")


def _json(case: Mapping[str, Any]) -> bytes:
    return json.dumps(case, ensure_ascii=False).encode(errors="replace")


def _document(text: str) -> Case:
    return Case("document", _json({"query": text}))


for _name in CUSTOM.keys() - {"ID", "String"}:
    schemathesis.graphql.scalar(_name, CUSTOM[_name])
OPERATIONS = schemathesis.graphql.from_file(printed())
EITHER = [OPERATIONS.as_strategy(generation_mode=mode) for mode in GenerationMode]


def operations() -> st.SearchStrategy[Case]:
    """What Schemathesis makes of every operation: what fits the schema, and what nearly does."""
    return st.one_of(EITHER).map(lambda made: Case("operation", _json({"query": made.body})))


@st.composite
def documents(draw: st.DrawFn) -> Case:
    """A document that fits the schema, from one of its roots."""
    _, name = draw(st.sampled_from(ROOTS))
    return _document(draw(from_schema(SCHEMA, fields=[name], custom_scalars=CUSTOM, allow_x00=False)))


def _argument(taker: Any, type_: Any, often: int) -> st.SearchStrategy[Any]:
    """A value of an input type, of which one in `often` is none."""
    if isinstance(type_, graphql.GraphQLNonNull):
        return _argument(taker, type_.of_type, often)
    if isinstance(type_, graphql.GraphQLList):
        return st.lists(_argument(taker, type_.of_type, often), max_size=4)
    if isinstance(type_, graphql.GraphQLInputObjectType):
        inside = {name: _argument(one, one.type, often) for name, one in type_.fields.items()}
        needed = {name for name, one in type_.fields.items() if graphql.is_required_input_field(one)}
        others = {name: inside[name] for name in inside if name not in needed}
        return st.fixed_dictionaries({name: inside[name] for name in sorted(needed)}, optional=others)
    if isinstance(type_, graphql.GraphQLEnumType):
        return mostly(st.sampled_from(sorted(type_.values)), st.just("NOTHING"), often)
    good, odd = VALUES[type_.name]
    kinds = kinds_of(taker) if type_.name == "ID" else ()
    return mostly(st.one_of([known(kind) for kind in kinds]) if kinds else good, odd, often)


PLAIN = {kind: f"@{kind}:0" for kind in KINDS}
WALKS = [walk for walk in walks(core(), PLAIN) if walk.root != "Subscription"]
CHOOSY = [walk for walk in WALKS if walk.steps[-1].field.args]


@st.composite
def fields(draw: st.DrawFn) -> Case:
    """One field, wherever it is, with values of every kind for its arguments, as variables."""
    walk: Walk = draw(st.sampled_from(WALKS) | st.sampled_from(CHOOSY))
    last = walk.steps[-1]
    chosen = [name for name, one in last.field.args.items() if graphql.is_required_argument(one) or draw(st.booleans())]
    often = draw(st.sampled_from([NEVER, NEVER, RARELY]))
    variables = {name: draw(_argument(last.field.args[name], last.field.args[name].type, often)) for name in chosen}
    if chosen and draw(st.integers(0, 15)) == 0:
        variables[draw(st.sampled_from(chosen))] = draw(ODD)
    declared = ", ".join(f"${name}: {last.field.args[name].type}" for name in chosen)
    given = ", ".join(f"{name}: ${name}" for name in chosen)
    step = type(last)(last.field, last.name, f"({given})" if given else "", last.on)
    text = Walk(walk.name, walk.root, (*walk.steps[:-1], step)).document
    head = f"{walk.root.lower()} It({declared})" if declared else walk.root.lower()
    return Case("field", _json({"query": head + text.removeprefix(walk.root.lower()), "variables": variables}))


GOOD = [
    {"query": "{ viewer { connections(first: 5) { edges { cursor node { id state } } } } }"},
    {"query": "query($s: String!) { project(slug: $s) { name } }", "variables": {"s": "westem"}, "operationName": None},
    {"query": "query A { __typename } query B { viewer { account { state } } }", "operationName": "B"},
    {"query": '{ places(name: "Ume", country: "SE") { id name } }', "extensions": {}},
    {"documentId": "sha256:" + "0" * 64},
    {
        "query": "{ __schema { queryType { name } } }",
        "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}},
    },
]


@st.composite
def bodies(draw: st.DrawFn) -> Case:
    """A request with bytes changed, or JSON that is none, or no JSON at all."""
    good = json.dumps(draw(st.sampled_from(GOOD))).encode()
    which = draw(st.integers(0, 4))
    if which == 0:
        return Case("bytes", draw(st.binary(max_size=MOST_CHARACTERS)))
    if which == 1:
        return Case(
            "json",
            _json(
                draw(
                    st.dictionaries(st.sampled_from(["query", "variables", "operationName", "extensions"]) | TEXTS, ODD)
                )
            ),
        )
    if which == 2:
        return Case("json", json.dumps(draw(ODD)).encode(errors="replace"))
    changed = bytearray(good)
    for at, byte in draw(
        st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        if which == 3:
            changed[at] = byte
        else:
            changed[at:at] = bytes([byte]) * (byte % 7)
    return Case("mutated", bytes(changed))


TOKEN = b"Bearer eyJhbGciOiJFZERTQSJ9.e30.AAAA"
HEADER_BYTES = st.binary(max_size=40).map(lambda raw: bytes(byte for byte in raw if byte >= 32 and byte != 127).strip())
HEADERS: Mapping[str, st.SearchStrategy[bytes]] = {
    "accept": HEADER_BYTES
    | st.sampled_from(
        [b"*/*", b"application/json;q=0", b"text/html", b"application/graphql-response+json", b",;q", b"a/b;q=9"]
    ),
    "accept-language": HEADER_BYTES | st.sampled_from([b"nb", b"sv;q=x", b"*", b"en;q=1e400", b"," * 300, b"sv;q=nan"]),
    "authorization": HEADER_BYTES
    | st.sampled_from(
        [TOKEN, TOKEN + b"." * 50, b"Bearer", b"Bearer ", b"Basic eDp5", b"bearer a.b.c", b"Bearer " + b"a" * 9_000]
    ),
    "commons-project": HEADER_BYTES
    | st.sampled_from([b"westem", b"WESTEM", b"../x", b"\xff\xfe", b"x" * 2_000, b"stem-nord"]),
    "content-type": HEADER_BYTES
    | st.sampled_from([b"application/json; charset=utf-8", b"application/json;charset=utf-16", b"text/plain", b""]),
    "cookie": HEADER_BYTES | st.sampled_from([b"commons=x", b"a=b; a=c", b"=;=;", b"__Host-commons=" + b"x" * 500]),
    "origin": HEADER_BYTES | st.sampled_from([b"null", b"https://elsewhere.example", b"http://127.0.0.1"]),
    "commons-csrf": HEADER_BYTES,
    "x-forwarded-for": HEADER_BYTES | st.sampled_from([b"1.2.3.4", b"::1", b"unknown", b"1.2.3.4," * 50]),
    "traceparent": HEADER_BYTES | st.sampled_from([b"00-" + b"0" * 32 + b"-" + b"0" * 16 + b"-01", b"ff-zz"]),
    "content-encoding": st.sampled_from([b"gzip", b"identity", b"br"]),
}


@st.composite
def headers(draw: st.DrawFn) -> Case:
    """A good request with headers that are not."""
    said = draw(st.dictionaries(st.sampled_from(sorted(HEADERS)), st.none(), min_size=1, max_size=4))
    return Case(
        "headers",
        json.dumps(draw(st.sampled_from(GOOD))).encode(),
        {name: draw(HEADERS[name]).strip() for name in said},
    )


@st.composite
def places(draw: st.DrawFn) -> Case:
    """Cursors and ids, where lists and nodes take them."""
    text, name, value = draw(
        st.sampled_from(
            [
                (
                    "query($x: String) { viewer { connections(first: 2, after: $x) { pageInfo { endCursor } } } }",
                    "x",
                    CURSORS,
                ),
                (
                    "query($x: String) { viewer { notices(first: 2, after: $x) { pageInfo { endCursor } } } }",
                    "x",
                    CURSORS,
                ),
                (
                    'query($x: String) { project(slug: "westem") { rounds { mentors(first: 2, after: $x) { totalCount } } } }',
                    "x",
                    CURSORS,
                ),
                ("query($x: ID!) { node(id: $x) { id __typename } }", "x", IDS),
                ("query($x: [ID!]!) { nodes(ids: $x) { id __typename } }", "x", st.lists(IDS, max_size=110)),
            ]
        )
    )
    return Case("places", _json({"query": text, "variables": {name: draw(value)}}))


@st.composite
def addresses(draw: st.DrawFn) -> Case:
    """Questions by GET, and other methods."""
    method = draw(st.sampled_from(["GET", "GET", "GET", "PUT", "DELETE", "PATCH", "OPTIONS"]))
    raw = draw(
        st.sampled_from([b"query={__typename}", b"query={viewer{account{state}}}&variables={}", b"query=mutation{x}"])
    )
    extra = draw(
        st.binary(max_size=60) | st.sampled_from([b"%", b"%ff", b"&query=x", b"variables=[", b"&" * 50, b"=", b"%00"])
    )
    safe = bytes(
        byte for byte in raw + b"&" + extra if (33 <= byte < 127 and byte not in b'#"<>\\^`{|}') or byte in b"{}"
    )
    return Case("address", b"", {}, method, safe)


SHARES: Mapping[str, float] = {
    "operations": 0.1,
    "documents": 0.2,
    "fields": 0.4,
    "bodies": 0.12,
    "headers": 0.06,
    "places": 0.08,
    "addresses": 0.04,
}
"""Which part of all cases is of which kind."""
