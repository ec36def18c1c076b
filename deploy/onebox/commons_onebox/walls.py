"""What the broker is told of its users: who may come in, and what each may say and hear."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from commons_onebox.keys import BUILDER, public_half

if TYPE_CHECKING:  # it takes long to import, and knowing its shape is enough
    from commons_onebox.subjects import User

ANSWERS_WITHIN = "2m"
"""For so long a request may be answered: longer than anybody waits."""
GREETING_SECONDS = 10
"""A client on a busy machine may need a while to show its key."""
FACTS, PLATFORM = "FACTS", "PLATFORM"
"""The streams are in an account of their own, with whoever builds them; everyone else is in the other one, and reaches
just this of it. For whom the broker sends something to where she said, it sends it in her own account: there is no stream to
be unmade there.
"""
API = "FACTS.API"
"""As in `commons_chassis.connect`: in the other account, where it names nothing that the broker itself would take."""
REACHED = {
    "evt.>": "singleton",
    "$JS.API.CONSUMER.MSG.NEXT.EVENTS.*": "stream",
    "$JS.API.CONSUMER.INFO.EVENTS.*": "singleton",
    "$JS.ACK.EVENTS.>": "singleton",
    "$JS.API.STREAM.INFO.KV_CLOCK": "singleton",
    "$JS.API.STREAM.MSG.GET.KV_CLOCK": "singleton",
    "$KV.CLOCK.business": "singleton",
}
SHARED = {
    "work.{0}.>": "singleton",
    "$JS.API.CONSUMER.MSG.NEXT.WORK_{0}.hands": "stream",
    "$JS.API.CONSUMER.INFO.WORK_{0}.hands": "singleton",
    "$JS.ACK.WORK_{0}.hands.>": "singleton",
    "$O.{0}.>": "singleton",
    "$JS.API.DIRECT.GET.OBJ_{0}": "singleton",
    "$JS.API.STREAM.PURGE.OBJ_{0}": "singleton",
}
"""For each user whose processes share jobs."""
ANYONE = f'mappings {{ "{API}.>": "$JS.API.>" }}\n'
"""Of a broker that lets in anyone, for tests: there is one account, and everything in it."""


def authorization(users: Iterable[User], seeds: Mapping[str, str]) -> str:
    """The part of the broker's configuration that says who may come in and what each may do; there is no other user."""
    everyone = list(users)
    reached = REACHED | {
        subject.format(user.name): kind
        for user in everyone
        if f"work.{user.name}.>" in user.publish
        for subject, kind in SHARED.items()
    }
    known = {user.name: {"nkey": public_half(seeds[user.name]), "permissions": _permissions(user)} for user in everyone}
    builders = [known.pop(name) for name in (BUILDER,) if name in known]
    accounts = {
        FACTS: {
            "jetstream": "enabled",
            "users": builders,
            "exports": [{"service": subject, "response_type": kind} for subject, kind in reached.items()],
        },
        PLATFORM: {
            "users": list(known.values()),
            "imports": [
                {"service": {"account": FACTS, "subject": subject}, "to": subject.replace("$JS.API", API)}
                for subject in reached
            ],
        },
    }
    return f"authorization {{ timeout: {GREETING_SECONDS} }}\naccounts {json.dumps(accounts, indent=1)}\n"


def _permissions(user: User) -> dict[str, object]:
    allowed: dict[str, object] = {"publish": {"allow": user.publish}, "subscribe": {"allow": user.subscribe}}
    return allowed | ({"allow_responses": {"max": 1, "expires": ANSWERS_WITHIN}} if user.answers else {})
