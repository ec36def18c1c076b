"""What stands in headers: who asks, and nothing that only her service may say of her."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from commons_chassis import wire
from commons_chassis.ids import new_id
from commons_contracts.base import Actor
from commons_contracts.codes import Conduct, Language, Role


def test_who_asks_is_read_as_it_was_written():
    actor = Actor(person=new_id(), project=new_id(), operator=True, language=Language.SV)
    assert wire.actor_of(wire.actor_header(actor)) == actor
    assert wire.actor_of(wire.actor_header(Actor())) == Actor()


def test_nobody_says_of_herself_what_she_may():
    bold = Actor(person=new_id(), roles=frozenset({Role.COORDINATOR}), conduct={Conduct.COMMUNITY: 9})
    assert set(json.loads(wire.actor_header(bold))) == {"person", "project", "operator", "language"}
    forged = wire.actor_of(bold.model_dump_json())
    assert (forged.person, forged.roles, forged.conduct) == (bold.person, frozenset(), {})


@pytest.mark.parametrize("header", ["", "{", '{"person": "nobody"}'])
def test_what_names_no_actor_is_refused(header):
    with pytest.raises(ValidationError):
        wire.actor_of(header)
