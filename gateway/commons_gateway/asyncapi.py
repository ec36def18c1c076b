"""What the services tell each other, as an AsyncAPI 3.0 document: made from the contracts, so it cannot fall behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from commons_contracts.base import Event, Message
from commons_contracts.spoken import spoken

HEADERS: Mapping[str, tuple[str, str]] = {
    "ce-specversion": ("string", "1.0, of CloudEvents."),
    "ce-id": ("string", "The fact's own id (UUID). The same id is the same fact, however often it is told."),
    "ce-source": ("string", "/commons/ and the service that owns the fact."),
    "ce-type": ("string", "The subject without the project."),
    "ce-time": ("string", "When it happened, by the business clock (RFC 3339, UTC)."),
    "ce-subject": ("string", "The id of the thing that changed (UUID)."),
    "ce-seq": ("integer", "The number of the fact among those of its thing, from 1 and without gaps."),
    "ce-project": ("string", "The project (UUID) that it belongs to."),
    "ce-cause": ("string", "The id of the fact that it follows from, where there is one."),
    "ce-about": ("string", "The persons it is about (UUIDs, by comma), where there are any."),
}
OPTIONAL = {"ce-cause", "ce-about"}
INTRODUCTION = """The facts that the services of STEM Commons tell, on NATS JetStream (stream EVENTS).

A fact carries ids, codes, numbers and dates, never a name, an address or a text that someone wrote. It is told at least once: keep ce-id, or the highest ce-seq of each ce-subject, and a fact told
twice changes nothing. Facts of one thing come in the order of ce-seq. New fields are added with a default; anything else is a new version beside the old one."""


def sentences(kind: type[Message]) -> tuple[str, str]:
    """The first sentence of a contract's docstring, and all of it."""
    told = " ".join((kind.__doc__ or "").split())
    first, _, _ = told.partition(". ")
    return first.removesuffix("."), told


def _inlined(schema: Any, shapes: Mapping[str, Any]) -> Any:
    """A JSON schema that refers to nothing outside itself: the page that shows it looks nothing up."""
    if isinstance(schema, Mapping):
        if "$ref" in schema:
            named = shapes[str(schema["$ref"]).rpartition("/")[2]]
            return _inlined({**named, **{k: v for k, v in schema.items() if k != "$ref"}}, shapes)
        return {key: _inlined(value, shapes) for key, value in schema.items() if key != "$defs"}
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return [_inlined(part, shapes) for part in schema]
    return schema


def _message(kind: type[Event]) -> dict[str, Any]:
    whole = kind.model_json_schema()
    summary, told = sentences(kind)
    headers = {name: {"type": of, "description": said} for name, (of, said) in HEADERS.items()}
    return {
        "name": kind.__name__,
        "title": kind.__name__,
        "summary": summary,
        "description": told,
        "contentType": "application/json",
        "headers": {"type": "object", "properties": headers, "required": [h for h in HEADERS if h not in OPTIONAL]},
        "payload": _inlined(whole, whole.get("$defs", {})),
    }


@cache
def document() -> dict[str, Any]:
    """The whole document: one channel for each kind of fact, one operation by which its owner sends it."""
    channels, operations = {}, {}
    for kind in (found for found in spoken() if issubclass(found, Event)):
        channels[kind.subject] = {
            "address": f"{kind.subject}.{{project}}",
            "summary": sentences(kind)[0],
            "parameters": {"project": {"description": "The project's id (UUID)."}},
            "messages": {kind.__name__: _message(kind)},
            "tags": [{"name": kind.owner}],
        }
        operations[kind.subject] = {
            "action": "send",
            "channel": {"$ref": f"#/channels/{kind.subject}"},
            "messages": [{"$ref": f"#/channels/{kind.subject}/messages/{kind.__name__}"}],
            "tags": [{"name": kind.owner}],
        }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "STEM Commons: events", "version": "1", "description": INTRODUCTION},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    }
