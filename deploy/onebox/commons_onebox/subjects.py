"""Who may say and hear what on the broker: for each user the fewest subjects, from the services' tables of contents.

Whatever is not listed here is refused by the broker, to us as to anyone who stole one of our keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from commons_chassis.connect import API, DEPLOY, GATEWAY, OPERATOR, inbox
from commons_chassis.deploy import CLOCK_BUCKET, HANDS, STREAM, bucket_of, durable, queue_of
from commons_chassis.service import Service
from commons_chassis.state import CLOCK_KEY

CLOCK_STREAM = f"KV_{CLOCK_BUCKET}"
READ_CLOCK = (f"{API}.STREAM.INFO.{CLOCK_STREAM}", f"{API}.STREAM.MSG.GET.{CLOCK_STREAM}")
MOVE_CLOCK = (*READ_CLOCK, f"$KV.{CLOCK_BUCKET}.{CLOCK_KEY}", "ctl.clock")


@dataclass(frozen=True, kw_only=True)
class User:
    """A subject followed by a word may be listened to only as one of the queue group of that name.

    `answers`: may also publish, once each, to where the requests that it was given want their answers.
    """

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    answers: bool = False


def users(services: Iterable[Service], *, movable: bool) -> list[User]:
    """One for each service, one for the gateway, the deploy step and the operator's tools.

    `movable`: whether the business clock can be moved and facts can be told again, as in development.
    """
    known = sorted(services, key=lambda service: service.name)
    return [
        *(_of_service(service, movable=movable) for service in known),
        _of_gateway(known, movable=movable),
        _of_deploy(known),
        _of_operator(known, movable=movable),
    ]


def _own_inbox(user: str) -> str:
    return f"{inbox(user)}.>"


def _of_service(service: Service, *, movable: bool) -> User:
    """Tells its own facts, takes and settles what its own consumers hold, answers what it is asked; shares out its own jobs."""
    name, publish = service.name, [f"evt.{service.name}.>"]
    for owner in service.hears:
        mine = durable(name, owner)
        publish += [f"{API}.CONSUMER.{verb}.{STREAM}.{mine}" for verb in ("INFO", "MSG.NEXT")]
        publish.append(f"$JS.ACK.{STREAM}.{mine}.>")
    publish += _jobs(name) if service.jobs else ()
    subscribe = [f"rpc.{name}.> {name}", f"ctl.{name}.> {name}", "ctl.ping", _own_inbox(name)]
    return User(
        name=name,
        publish=(*publish, *(READ_CLOCK if movable else ())),
        subscribe=(*subscribe, *(("ctl.clock",) if movable else ())),
        answers=True,
    )


def _jobs(name: str) -> list[str]:
    """Its own queue, as who puts in and as who takes out; its own bucket, to write, to read and to empty."""
    queue, bucket = queue_of(name), bucket_of(name)
    taken = [f"{API}.CONSUMER.{verb}.{queue}.{HANDS}" for verb in ("INFO", "MSG.NEXT")]
    kept = [f"$O.{name}.{part}" for part in ("C.>", "M.*")]
    return [
        f"work.{name}.>",
        *taken,
        f"$JS.ACK.{queue}.{HANDS}.>",
        *kept,
        *(f"{API}.{verb}.{bucket}" for verb in ("DIRECT.GET", "STREAM.PURGE")),
    ]


def _looks(services: Sequence[Service], *, movable: bool) -> tuple[str, ...]:
    """How everyone is; where the clock can be moved, that and what else only development knows."""
    state = ["ctl.ping", *(f"ctl.{service.name}.state" for service in services)]
    again = [f"ctl.{service.name}.redeliver" for service in services]
    return (*state, *MOVE_CLOCK, *again) if movable else tuple(state)


def _of_gateway(services: Sequence[Service], *, movable: bool) -> User:
    """Asks every service, for which it alone may speak; hears of every fact, to wake who waits for news."""
    asks = [f"rpc.{service.name}.>" for service in services]
    return User(
        name=GATEWAY,
        publish=(*asks, *_looks(services, movable=movable)),
        subscribe=("evt.>", _own_inbox(GATEWAY)),
    )


def _of_deploy(services: Sequence[Service]) -> User:
    """Makes, changes and unmakes streams and consumers, and sees nothing of what they carry."""
    streams = [f"$JS.API.STREAM.{verb}.{STREAM}" for verb in ("INFO", "CREATE", "UPDATE", "DELETE")]
    clock = [f"$JS.API.STREAM.{verb}.{CLOCK_STREAM}" for verb in ("INFO", "CREATE")]
    pairs = [(owner, durable(service.name, owner)) for service in services for owner in service.hears]
    consumers = [f"$JS.API.CONSUMER.{verb}.{STREAM}.{mine}" for _, mine in pairs for verb in ("INFO", "DELETE")]
    consumers += [f"$JS.API.CONSUMER.CREATE.{STREAM}.{mine}.evt.{owner}.>" for owner, mine in pairs]
    shared = [of(service.name) for service in services if service.jobs for of in (queue_of, bucket_of)]
    streams += [f"$JS.API.STREAM.{verb}.{stream}" for stream in shared for verb in ("INFO", "CREATE", "UPDATE")]
    consumers += [f"$JS.API.CONSUMER.CREATE.{queue_of(service.name)}.{HANDS}" for service in services if service.jobs]
    return User(name=DEPLOY, publish=(*streams, *clock, *consumers), subscribe=(_own_inbox(DEPLOY),))


def _of_operator(services: Sequence[Service], *, movable: bool) -> User:
    """Looks at everyone, and moves the clock where that can be; repairs are made in the databases."""
    return User(name=OPERATOR, publish=_looks(services, movable=movable), subscribe=(_own_inbox(OPERATOR),))
