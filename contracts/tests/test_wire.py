"""The words on the wire change only on purpose: `make wire` accepts a change, and the difference is there to be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from pydantic.json_schema import models_json_schema

from commons_contracts.base import Request

GOLDEN = Path(__file__).parent / "wire.json"


def _said(messages):
    """Every route with what goes in and out; every shape once."""
    sent = [(kind, "validation") for kind in messages]
    answered = [(kind.reply, "serialization") for kind in messages if issubclass(kind, Request)]
    places, shapes = models_json_schema(list(dict.fromkeys(sent + answered)))
    routes = {}
    for kind in messages:
        said = {"message": places[kind, "validation"]}
        if issubclass(kind, Request):
            said |= {"reply": places[kind.reply, "serialization"]}
            said |= {"entry": kind.entry, "roles": sorted(kind.for_roles)}
        routes[kind.subject] = said
    return {"routes": routes, "shapes": shapes["$defs"]}


def test_nothing_on_the_wire_changed_unnoticed(messages):
    now = json.loads(json.dumps(_said(messages)))
    if os.environ.get("REWRITE"):
        GOLDEN.write_text(json.dumps(now, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    assert now == json.loads(GOLDEN.read_text()), "the wire changed: read the difference of `make wire`"


def test_every_message_has_one_route_under_its_owner(messages):
    owners = {"profiles", "matching", "mentoring", "community", "geo"}
    assert {kind.owner for kind in messages} == owners
    for kind in messages:
        assert kind.__module__.split(".")[1] == kind.owner
