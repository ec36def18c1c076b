"""Documents made to be dear: reading, pricing and checking one takes less than a tenth of a second of this processor."""

from __future__ import annotations

import gc
import time

import pytest
from graphql import GraphQLError
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commons_gateway.documents import Document, TooLong
from commons_gateway.schema import core

LARGEST = 16 * 1024
MOST_SECONDS = 0.1
TRIES = 3
"""Once is enough: what else the machine does is no fault of the document's."""
NAMES = st.sampled_from(
    ["viewer", "account", "state", "connections", "nodes", "edges", "node", "person", "id", "mentor", "x"]
)
TYPES = st.sampled_from(["Query", "Viewer", "Account", "Person", "Node", "ConnectionRequest", "Nonsense"])
ARGUMENTS = st.sampled_from(
    ["", "(first: 3)", "(first: $a)", "(first: 3, first: 4)", '(id: "x")', "(states: [ASKED, NOPE])"]
)
DIRECTIVES = st.sampled_from(["", "", "@skip(if: true)", "@include(if: $a)", "@defer", "@x"])
FRAGMENTS = 12


@st.composite
def selections(draw, depth=4):
    """Some fields, inline fragments and spreads, each as often as it likes, within each other."""
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.integers(0, 5))
        inner = draw(selections(depth - 1)) if depth and kind < 4 else ""
        if kind == 5:
            part = f"...f{draw(st.integers(0, FRAGMENTS))} {draw(DIRECTIVES)}"
        elif kind == 4 or not inner:
            part = f"{draw(NAMES)}{draw(ARGUMENTS)} {draw(DIRECTIVES)}"
        elif kind == 3:
            part = f"... on {draw(TYPES)} {{ {inner} }}"
        else:
            part = f"{draw(NAMES)}{draw(ARGUMENTS)} {{ {inner} }}"
        often = min(draw(st.sampled_from([1, 1, 1, 2, 7, 40, 200])), LARGEST // (len(part) + 1))
        parts.append(" ".join([part] * often))
    whole = " ".join(parts)
    return whole if len(whole) < LARGEST else "x"


@st.composite
def documents(draw):
    text = " ".join(f"query q{number}($a: Int) {{ {draw(selections())} }}" for number in range(draw(st.integers(1, 3))))
    for number in range(draw(st.integers(0, FRAGMENTS))):
        text += f" fragment f{number} on {draw(TYPES)} {{ {draw(selections(2))} }}"
    return text


def seconds(text):
    began = time.process_time()
    try:
        document = Document.read(text, "sha")
        if chosen := document.operation(None) or document.operation("q0"):
            document.price(core(), chosen, {"a": 10**30})
        document.complaints(core())
    except (TooLong, GraphQLError):
        pass
    return time.process_time() - began


@pytest.fixture(autouse=True, scope="module")
def _as_it_is_served():
    """The server keeps what stays out of the collector's way."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents().filter(lambda text: len(text) < LARGEST))
@example("{ viewer { account { " + "state " * 980 + "} } }")
@example("{ viewer { " + "account { state } " * 240 + "} }")
@example("mutation { requestConnection(input: {" + "message1: 1 " * 320 + "}) { __typename } }")
@example("{ node(id: 1) { " + "... on Perso { id } " * 150 + "} }")
def test_no_document_takes_long(text):
    assert any(seconds(text) < MOST_SECONDS for _ in range(TRIES))
