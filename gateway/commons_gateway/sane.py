"""What may be read at all: JSON that means one thing, in text that every part of the platform can keep."""

from __future__ import annotations

import json
import re

import orjson

from commons_contracts.codes import FaultCode

from .faults import TurnedAway

LARGEST = 64 * 1024
DEEPEST = 32
LARGEST_INTEGER = 2**63
LONGEST_INTEGER = 20
"""Digits and sign: longer ones are not even counted out."""
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
NUL_IN_DOCUMENT = re.compile(r"\0|(?<!\\)(?:\\\\)*\\u(?:0000|\{0+\})")
"""GraphQL has escapes of its own inside of what JSON has already unescaped."""


def read(body: bytes) -> object:
    """The value of a JSON text. Raises TurnedAway for what is none, or is not safe to work with."""
    try:
        orjson.loads(body)  # is strict about UTF-8, lone surrogates, NaN and infinities, and knows no recursion limit
    except orjson.JSONDecodeError as wrong:
        raise _no("it is no JSON in UTF-8") from wrong
    if NUL.search(body):
        raise _no("no text holds the character U+0000")
    if _depth(body) > DEEPEST:
        raise _no(f"it nests deeper than {DEEPEST}")
    return json.loads(body, object_pairs_hook=_each_once, parse_int=_counted)


def document(text: str) -> str:
    """The GraphQL text itself. Raises TurnedAway."""
    if NUL_IN_DOCUMENT.search(text):
        raise _no("no text holds the character U+0000")
    return text


def _depth(body: bytes) -> int:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0  # as deep as it likes, it is not too deep
    deepest = depth = 0
    for mark in STRING.sub(b"", body):
        if mark in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in b"]}":
            depth -= 1
    return deepest


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _no("a key stands twice in one object")
    return found


def _counted(digits: str) -> int:
    if len(digits) > LONGEST_INTEGER or abs(number := int(digits)) >= LARGEST_INTEGER:
        raise _no("an integer is larger than 64 bits hold")
    return number


def _no(detail: str) -> TurnedAway:
    return TurnedAway(FaultCode.BAD_REQUEST, detail)
