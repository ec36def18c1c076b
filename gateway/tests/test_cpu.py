"""What 16 KB can cost: never more than a tenth of a second of this processor, whatever stands in them."""

from __future__ import annotations

import gc
import json
import time

import pytest

LARGEST = 16 * 1024
MOST_SECONDS = 0.1
FIELD = "viewer { account { state } }"


def body(query, variables=None, **more):
    """As large as it may be: {0} stands for what is repeated to fill it."""
    return {"query": query, "variables": variables or {}, **more}


def filled(pattern, *, around="%s", size=LARGEST - 600):
    """`pattern` with numbers in the place of %d, as often as it fits."""
    parts, length = [], len(around)
    while length < size:
        parts.append(pattern.replace("%d", str(len(parts))))
        length += len(parts[-1].encode("unicode_escape")) + 1
    return around.replace("%s", " ".join(parts))


def doubling(levels=200):
    links = [f"fragment f{n} on Viewer {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels)]
    return " ".join(["{ viewer { ...f0 } }", *links, f"fragment f{levels} on Viewer {{ account {{ state }} }}"])


def crossing(count):
    """Fragments that spread all others: what is compared with what grows with the square."""
    names = [f"f{n}" for n in range(count)]
    spreads = " ".join(f"...{name}" for name in names)
    return f"{{ viewer {{ {spreads} }} }} " + " ".join(
        f"fragment {name} on Viewer {{ {spreads} account {{ state }} }}" for name in names
    )


def same_again(depth):
    """Two selections of the same that differ only at the bottom, each within each."""
    inner = "account { state }"
    for _ in range(depth):
        inner = f"person {{ {inner} {inner} }}" if len(inner) < 3000 else f"person {{ {inner} }}"
    return f"{{ viewer {{ {inner} }} viewer {{ {inner} }} }}"


LONG = "query q($x: [ID!]!) { nodes(ids: $x) { id } }"
CASES = {
    "nothing but braces": body("{" * 15_000),
    "deep selections": body("{ viewer " * 1_500 + "}" * 1_500),
    "deep selections that close": body("{ viewer { person " + "{ person " * 400 + "{ id }" + "}" * 402),
    "deep lists in a literal": body("{ nodes(ids: " + "[" * 7_000 + "]" * 7_000 + ") { id } }"),
    "deep objects in a literal": body('{ node(id: "x" a: ' + "{a:" * 3_500 + "1" + "}" * 3_500 + ") { id } }"),
    "deep types of a variable": body("query q($x: " + "[" * 7_000 + "ID" + "]" * 7_000 + ") { __typename }"),
    "the same field many times": body(filled("viewer", around="{ %s }")),
    "the same tree many times": body(filled(FIELD, around="{ %s }")),
    "overlapping trees": body(filled("viewer { account { state } person { id } }", around="{ %s }", size=4_000)),
    "trees that differ at the bottom": body(same_again(6)),
    "the same leaf many times": body("{ viewer { account { " + "state " * 980 + "} } }"),
    "the same leaf with arguments": body("{ viewer { " + "account(a: 1) { state } " * 95 + "} }"),
    "the same branch many times": body("{ viewer { " + "account { state } " * 240 + "} }"),
    "the same branch within branches": body(
        "{ viewer { " + ("person { " + "account { state } " * 22 + "} ") * 10 + "} }"
    ),
    "leaves in inline fragments": body("{ viewer { " + "... { account { state } } " * 130 + "} }"),
    "leaves in typed fragments": body(
        "{ node(id: 1) { " + "... on Person { id } " * 120 + "... on Round { id } " * 40 + "} }"
    ),
    "a list with many values": body("{ nodes(ids: [" + '"x" ' * 900 + "]) { id } }"),
    "an object with many keys": body("{ organisationsNear(around: {" + "latitude: 1 " * 240 + "}) { kilometres } }"),
    "many aliases": body(filled("a%d: __typename", around="{ %s }")),
    "many aliases of one": body(filled("a: viewer { account { state } }", around="{ %s }")),
    "many arguments": body(filled("a%d: 1", around='{ node(id: "x" %s) { id } }')),
    "the same argument many times": body(filled('id: "x"', around="{ node(%s) { id } }", size=11_000)),
    "fragments that double": body(doubling()),
    "fragments that double, few": body(doubling(30)),
    "fragments that spread all others": body(crossing(25)),
    "fragments that spread all others, more": body(crossing(45)),
    "fragments in a ring": body(
        "{ viewer { ...f0 } } " + " ".join(f"fragment f{n} on Viewer {{ ...f{(n + 1) % 140} }}" for n in range(140))
    ),
    "a fragment within itself": body("{ ...a } fragment a on Query { ...a ...a ...a viewer { ...a } }"),
    "fragments nobody spreads": body(filled("fragment f%d on Viewer { id }", around="{ __typename } %s")),
    "inline fragments in each other": body("{" + "... {" * 300 + "__typename" + "}" * 301),
    "many inline fragments": body(filled("... on Query { __typename }", around="{ %s }")),
    "many directives": body("{ __typename " + "@skip(if: false) " * 800 + "}"),
    "many directives nobody knows": body("{ __typename " + "@a " * 4_000 + "}"),
    "many variables": body("query q(" + filled("$v%d: ID", size=9_000) + ") { __typename }"),
    "the same variable many times": body("query q(" + "$v: ID " * 2_000 + ") { __typename }"),
    "variables nobody declared": body(filled("a%d: node(id: $v%d) { id }", around="{ %s }")),
    "many operations": body(filled("query q%d { __typename }"), operationName="q7"),
    "many operations of one name": body(filled("query q { __typename }"), operationName="q"),
    "many fields nobody knows": body(filled("f%d", around="{ %s }")),
    "many fields that are nearly known": body(filled("viewe%d", around="{ %s }")),
    "many types nobody knows": body(filled("... on Vieweer%d { id }", around="{ %s }")),
    "a long name": body("{ " + "a" * 15_000 + " }"),
    "a long string": body('{ node(id: "' + "a" * 15_000 + '") { id } }'),
    "a long string of escapes": body('{ node(id: "' + "\\u0041" * 2_200 + '") { id } }'),
    "a long block string": body('{ node(id: """' + "\n  " * 3_500 + '""") { id } }'),
    "quotes in a block string": body('{ node(id: """' + '\\"""' * 1_700 + '""") { id } }'),
    "a long number": body("{ nodes(first: " + "9" * 15_000 + ") { id } }"),
    "a long number where one is wanted": body("{ viewer { connections(first: " + "9" * 15_000 + ") { totalCount } } }"),
    "a long fraction": body(
        "{ organisationsNear(around: {latitude: 1." + "9" * 15_000 + ", longitude: 1}) { kilometres } }"
    ),
    "a long comment": body("# " + "a" * 15_000 + "\n{ __typename }"),
    "many comments": body("#\n" * 5_000 + "{ __typename }"),
    "many commas": body("{ __typename " + "," * 15_000 + "}"),
    "blanks before a suggestion": body('{ node(id: "' + " " * 15_000 + 'Did you mean") { id nonsense } }'),
    "backslashes": body('{ node(id: "' + "\\\\" * 3_700 + '") { id } }'),
    "backslashes in a variable": body(LONG, {"x": ["\\" * 7_000]}),
    "many ids": body(LONG, {"x": ["a"] * 3_000}),
    "many ids that are none": body(LONG, {"x": [[]] * 4_000}),
    "many ids that are numbers": body(LONG, {"x": [1.5] * 3_000}),
    "a long id": body("query q($x: ID!) { node(id: $x) { id } }", {"x": "a" * 15_000}),
    "a long cursor": body(
        "query q($x: String!) { viewer { connections(after: $x) { totalCount } } }", {"x": "A" * 15_000}
    ),
    "a long since": body("query q($x: String!) { places(name: $x) { name } }", {"x": "a\u0301" * 2_000}),
    "a wide variable": body("query q($x: ID!) { node(id: $x) { id } }", {"x": {f"k{n}": n for n in range(1_000)}}),
    "a deep variable": body("query q($x: ID!) { node(id: $x) { id } }", {"x": json.loads("[" * 29 + "]" * 29)}),
    "an input with many fields nobody knows": body(
        "mutation m($i: RequestConnectionInput!) { requestConnection(input: $i) { __typename } }",
        {"i": {f"field{n}": n for n in range(900)}},
    ),
    "an input with many fields that are nearly known": body(
        "mutation m($i: RequestConnectionInput!) { requestConnection(input: $i) { __typename } }",
        {"i": {f"message{n}": "x" for n in range(800)}},
    ),
    "a day that nearly is one": body("query q($x: String!) { node(id: $x) { id } }", {"x": "2026-09-" + "0" * 15_000}),
    "a tag that nearly is one": body(
        'query q($x: [LanguageTag!]!) { project(slug: "westem") { rounds { mentors(filter: {languages: $x}) { totalCount } } } }',
        {"x": ["aaa-A"] * 1_500},
    ),
    "introspection of introspection": body(
        "{ __schema { types { fields { type { " + "ofType { " * 40 + "name" + "}" * 40 + "} } } } }"
    ),
    "introspection many times": body(filled("a%d: __schema { types { name } }", around="{ %s }")),
}


@pytest.fixture(autouse=True, scope="module")
def _as_it_is_served():
    """The server keeps what stays out of the collector's way."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def packed(case):
    found = json.dumps(case).encode()
    assert len(found) < LARGEST, len(found)
    return found


async def spent(client, gateway, content, headers):
    """The least of three tries: other programs on the machine can only add to it."""
    seconds = []
    for _ in range(3):
        gc.collect()
        began = time.process_time()
        answer = await client.post("/graphql", content=content, headers=headers)
        seconds.append(time.process_time() - began)
        if seconds[-1] < MOST_SECONDS / 2:
            break
    return min(seconds), answer


@pytest.mark.parametrize("name", CASES)
async def test_no_small_body_costs_much(client, gateway, name):
    headers = {
        "Authorization": "Bearer " + gateway.token("ada"),
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
    }
    seconds, answer = await spent(client, gateway, packed(CASES[name]), headers)
    print(f"{name}: {seconds * 1000:.0f} ms, {answer.status_code}, {len(answer.content)} bytes")
    assert seconds < MOST_SECONDS
    assert answer.status_code < 500
    assert len(answer.content) < 4 * LARGEST
    for inside in (
        "Traceback",
        "site-packages",
        "commons_gateway",
        "sys.set_int",
        "Did you mean",
        "codec",
        "recursion",
    ):
        assert inside not in answer.text


RAW = {
    "brackets": b"[" * 16_000,
    "brackets that close": b"[" * 8_000 + b"]" * 8_000,
    "objects": b'{"a":' * 3_000,
    "an open string of backslashes": b'"' + b"\\" * 16_000,
    "escapes": b'{"query": "' + b"\\u0041" * 2_600 + b'"}',
    "nearly NUL": b'{"query": "' + b"\\\\u0000" * 2_200 + b'"}',
    "backslashes and NUL": b'{"query": "' + b"\\\\" * 7_000 + b'u0000"}',
    "many keys": b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(1_200)) + b"}",
    "the same key": b"{" + b",".join(b'"k":1' for _ in range(2_600)) + b"}",
    "digits": b'{"variables": ' + b"9" * 16_000 + b"}",
    "many numbers": b'{"query": "{a}", "variables": {"x": [' + b",".join([b"1"] * 7_000) + b"]}}",
    "exponents": b'{"variables": [' + b",".join([b"1e308"] * 2_500) + b"]}",
    "blanks": b" " * 16_000,
    "quotes": b'{"query": "' + b'\\"' * 7_000 + b'"}',
    "strings and brackets": b"[" + b",".join([b'"[{"'] * 3_000) + b"]",
}


@pytest.mark.parametrize("name", RAW)
async def test_no_small_body_that_is_no_request_costs_much(client, gateway, name):
    content = RAW[name]
    assert len(content) < LARGEST
    seconds, answer = await spent(client, gateway, content, {"Content-Type": "application/json"})
    print(f"{name}: {seconds * 1000:.0f} ms, {answer.status_code}")
    assert seconds < MOST_SECONDS
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Accept", "," * 16_000),
        ("Accept", "application/json;" + "q=0.1;" * 2_500),
        ("Accept", "text/" + "a" * 16_000),
        ("Accept-Language", "sv;q=0.1," * 1_700),
        ("Accept-Language", "s" * 16_000),
        ("Content-Type", "application/json;" + " " * 16_000),
        ("Content-Type", "application/json" + ";charset=utf-8" * 1_000),
        ("Authorization", "Bearer " + "." * 16_000),
        ("Authorization", "Bearer " + "a" * 16_000),
        ("Authorization", "Bearer eyJhbGciOiJFZERTQSJ9." + "A" * 16_000 + ".A"),
        ("Cookie", "a=b; " * 3_000),
        ("Origin", "https://" + "a." * 8_000),
        ("Commons-Project", "a" * 16_000),
    ],
)
async def test_no_header_costs_much(client, gateway, header, value):
    headers = {"Content-Type": "application/json", header: value}
    seconds, answer = await spent(client, gateway, packed(body("{ viewer { account { state } } }")), headers)
    assert seconds < MOST_SECONDS
    assert answer.status_code < 500
