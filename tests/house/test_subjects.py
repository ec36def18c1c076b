"""Every user of the broker, every subject of the platform and every hostile one, both ways, on a real broker.

What should be allowed is worked out here from the messages themselves: who owns one, and who has a reaction to it.
"""

from __future__ import annotations

import importlib
import pkgutil
from uuid import uuid4

import pytest

import commons_contracts
from commons_chassis.connect import API
from commons_contracts.base import Event, Request
from commons_onebox.subjects import User, users
from commons_onebox.testing import start_nats

from .conftest import SERVICES
from .wire import Wire

TOOLS = ("gateway", "deploy", "operator")
EVERYONE = (*SERVICES, *TOOLS)
PROJECT = uuid4()
SHARES = "matching"
"""The service whose processes share jobs."""
STREAMS = ("EVENTS", "KV_CLOCK", "OTHER", f"WORK_{SHARES}", f"OBJ_{SHARES}", "WORK_mentoring", "OBJ_mentoring")
STREAM_VERBS = (
    "CREATE", "UPDATE", "DELETE", "PURGE", "INFO", "MSG.GET", "MSG.DELETE", "SNAPSHOT", "RESTORE", "PEER.REMOVE",
    "LEADER.STEPDOWN",
)  # fmt: skip
CONSUMER_VERBS = (
    "INFO", "MSG.NEXT", "DELETE", "CREATE", "DURABLE.CREATE", "PAUSE", "RESET", "UNPIN", "LEADER.STEPDOWN",
)  # fmt: skip
HOSTILE = (
    ">", "*", "*.*", "*.*.>", "evt", "evt.>", "evt.*.>", "evt.*.beat", "rpc", "rpc.>", "rpc.*.>", "ctl.>", "ctl.*",
    "ctl.*.state", "due.>", "EVT.matching.x", "evt.matchin.x", "evt.matchings.x", "rpc.matchin.x", "rpc.profile.x",
    "$SYS.>", "$SYS.REQ.SERVER.PING", "$SYS.REQ.USER.INFO", "$SYS.REQ.ACCOUNT.PING.CONNZ", "$SRV.>", "$SRV.PING",
    "$SRV.INFO.matching", "$KV.>", "$KV.CLOCK.>", "$KV.CLOCK.other", "$KV.OTHER.business", "$O.>", "$JS.>", "$JS.API.>",
    "$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.*.EVENTS", "$JS.API.CONSUMER.>",
    "$JS.API.CONSUMER.LIST.EVENTS", "$JS.API.CONSUMER.NAMES.EVENTS", "$JS.API.CONSUMER.CREATE.EVENTS",
    "$JS.API.CONSUMER.CREATE.EVENTS.own", "$JS.API.CONSUMER.CREATE.EVENTS.own.evt.>", "$JS.API.DIRECT.GET.EVENTS",
    "$JS.API.DIRECT.GET.KV_CLOCK.$KV.CLOCK.business", "$JS.API.ACCOUNT.PURGE.$G", "$JS.API.SERVER.REMOVE",
    "$JS.API.META.LEADER.STEPDOWN", "$JS.EVENT.>", "$JS.EVENT.ADVISORY.API", "$JS.FC.>", "$JS.ACK.>",
    "$JS.ACK.EVENTS.>", "_INBOX.>", "_INBOX.x.y", "_INBOX_>", "_INBOX_*.>", "_R_.x", "_GR_.x.y", "anything.else",
)  # fmt: skip


def _below(kind):
    return [each for below in kind.__subclasses__() for each in (below, *_below(below))]


def _messages():
    """Every request and every fact that the contracts know, as (subject, owner)."""
    for module in pkgutil.walk_packages(commons_contracts.__path__, "commons_contracts."):
        importlib.import_module(module.name)
    ours = {kind for kind in (*_below(Request), *_below(Event)) if kind.__module__.startswith("commons_contracts.")}
    return sorted({(kind.subject, kind.owner) for kind in ours if getattr(kind, "owner", "") in SERVICES})


def _services():
    return {name: importlib.import_module(f"commons_{name}.app").service for name in SERVICES}


def _heard():
    """Whose facts each service has a reaction to, by the reactions' own types."""
    return {name: {kind.owner for kind, _ in service.reactions.values()} for name, service in _services().items()}


MESSAGES = _messages()
HEARD = _heard()
PAIRS = [(listener, owner) for listener in SERVICES for owner in SERVICES if listener != owner]


def _subjects():
    facts = [f"{subject}.{PROJECT}" for subject, _ in MESSAGES if subject.startswith("evt.")]
    asked = [subject for subject, _ in MESSAGES if subject.startswith("rpc.")]
    of_services = [
        f"{word}.{name}.{last}" for name in SERVICES for word in ("evt", "rpc", "ctl") for last in ("x", ">")
    ]
    of_services += [f"evt.{name}.beat" for name in SERVICES]
    of_services += [f"ctl.{name}.{verb}" for name in SERVICES for verb in ("state", "redeliver")]
    streams = [f"$JS.API.STREAM.{verb}.{stream}" for verb in STREAM_VERBS for stream in STREAMS]
    consumers = [f"$JS.API.CONSUMER.{v}.EVENTS.{to}-{of}" for v in CONSUMER_VERBS for to, of in PAIRS]
    consumers += [f"$JS.API.CONSUMER.{verb}.KV_CLOCK.matching-profiles" for verb in CONSUMER_VERBS]
    consumers += [f"$JS.API.CONSUMER.CREATE.EVENTS.{to}-{of}.evt.{of}.>" for to, of in PAIRS]
    consumers += [f"$JS.API.CONSUMER.CREATE.EVENTS.{to}-{of}.>" for to, of in PAIRS]
    consumers += [f"$JS.API.CONSUMER.{v}.{q}.hands" for v in CONSUMER_VERBS for q in (f"WORK_{SHARES}", "WORK_geo")]
    consumers += ["$JS.API.CONSUMER.CREATE.EVENTS.hands", f"$JS.API.CONSUMER.MSG.NEXT.WORK_{SHARES}.other"]
    kept = [f"$JS.API.DIRECT.GET.{stream}{of}" for stream in STREAMS for of in ("", ".x")]
    kept += [f"$O.{name}.{last}" for name in (*SERVICES, "other") for last in ("C.a.b", "M.a", "M.a.b", "x", ">")]
    kept += [f"work.{name}.{last}" for name in (*SERVICES, "other") for last in ("a", "a.b.c", ">")]
    settled = [f"$JS.ACK.{q}.hands.1.7.7.1700000000.0" for q in (f"WORK_{SHARES}", "WORK_geo", "EVENTS")]
    settled += [f"$JS.ACK.EVENTS.{to}-{of}.1.7.7.1700000000.0" for to, of in PAIRS]
    inboxes = [f"_INBOX_{user}.{last}" for user in EVERYONE for last in ("a.b", ">")]
    rest = ["ctl.ping", "ctl.clock", "$KV.CLOCK.business", *HOSTILE]
    reached = [subject.replace("$JS.API", API) for subject in (*streams, *consumers, *kept)]
    return [*facts, *asked, *of_services, *streams, *consumers, *kept, *reached, *settled, *inboxes, *rest]


def _may_tell(user, subject, *, movable):
    first, *rest = subject.split(".")
    if first == "evt":
        return user in SERVICES and rest[0:1] == [user] and len(rest) > 1
    if first == "rpc":
        return user == "gateway" and len(rest) > 1 and rest[0] in SERVICES
    if first in {"$JS", "FACTS"}:
        return _may_use_streams(user, first, rest, movable=movable)
    if first in {"$O", "work"}:
        return user == SHARES and rest[0] == SHARES and len(rest) > 1 and (first == "work" or _is_piece(rest[1:]))
    if user not in {"gateway", "operator"}:
        return False
    if first == "ctl" and (rest == ["ping"] or (len(rest) == 2 and rest[0] in SERVICES and rest[1] == "state")):
        return True
    again = first == "ctl" and len(rest) == 2 and rest[0] in SERVICES and rest[1] == "redeliver"
    return movable and (again or subject in {"ctl.clock", "$KV.CLOCK.business"})


def _is_piece(words):
    return words[0] in {"C", "M"} and (len(words) > 1 if words[0] == "C" else len(words) == 2 and words[1] != ">")


def _may_use_streams(user, at, words, *, movable):
    """Only the deploy step where the streams are at home; the rest from outside, for what is their own."""
    own = {f"{listener}-{owner}": listener for listener, owners in HEARD.items() for owner in owners}
    path = ".".join(words)
    if words[0] == "ACK" and "hands" in words[2:3]:
        return words[1] == f"WORK_{SHARES}" and user == SHARES
    if words[0] == "ACK":
        return words[1] == "EVENTS" and len(words) > 3 and own.get(words[2]) == user
    if user == "deploy":
        stream = {f"API.STREAM.{verb}.EVENTS" for verb in ("CREATE", "UPDATE", "DELETE", "INFO")}
        clock = {f"API.STREAM.{verb}.KV_CLOCK" for verb in ("CREATE", "INFO")}
        makes = {f"API.CONSUMER.CREATE.EVENTS.{name}.evt.{name.partition('-')[2]}.>" for name in own}
        rest = {f"API.CONSUMER.{verb}.EVENTS.{name}" for name in own for verb in ("INFO", "DELETE")}
        shared = {f"API.STREAM.{v}.{s}_{SHARES}" for v in ("CREATE", "UPDATE", "INFO") for s in ("WORK", "OBJ")}
        shared |= {f"API.CONSUMER.CREATE.WORK_{SHARES}.hands"}
        return at == "$JS" and path in stream | clock | makes | rest | shared
    if path in {"API.STREAM.INFO.KV_CLOCK", "API.STREAM.MSG.GET.KV_CLOCK"}:
        return movable and at == "FACTS"
    mine = {f"API.CONSUMER.{v}.EVENTS.{name}" for name in own if own[name] == user for v in ("INFO", "MSG.NEXT")}
    if user == SHARES:
        mine |= {f"API.CONSUMER.{verb}.WORK_{SHARES}.hands" for verb in ("INFO", "MSG.NEXT")}
        mine |= {f"API.{verb}.OBJ_{SHARES}" for verb in ("DIRECT.GET", "STREAM.PURGE")}
    return at == "FACTS" and path in mine


def _may_hear(user, subject, queue, *, movable):
    first, *rest = subject.split(".")
    if first == f"_INBOX_{user}":
        return bool(rest)
    if user == "gateway":
        return first == "evt" and bool(rest)
    if user not in SERVICES:
        return False
    if subject == "ctl.ping" or (movable and subject == "ctl.clock"):
        return True
    return first in {"rpc", "ctl"} and len(rest) > 1 and rest[0] == user and queue == user


@pytest.fixture(scope="module", params=[True, False], ids=["development", "production"])
def movable(request):
    return request.param


@pytest.fixture(scope="module")
def broker(tmp_path_factory, movable):
    everyone = users(_services().values(), movable=movable)
    watcher = User(name="watcher", publish=(">",), subscribe=(">",))
    broker = start_nats(tmp_path_factory.mktemp("nats"), users=[*everyone, watcher])
    yield broker
    broker.stop()


@pytest.fixture
def come_in(broker):
    opened = []

    def open_wire(user):
        opened.append(Wire(broker.server.port, broker.seeds[user]))
        return opened[-1]

    yield open_wire
    for wire in opened:
        wire.close()


def test_everyone_is_a_user(broker):
    assert set(broker.seeds) == {*EVERYONE, "watcher"}
    assert len(set(broker.seeds.values())) == len(broker.seeds)


def test_nobody_says_what_is_not_hers(come_in, movable):
    subjects = _subjects()
    watcher = come_in("watcher")
    watcher.subscribe([(">", "")])
    forbidden, needed, allowed = [], [], 0
    for user in EVERYONE:
        refused = {subject for subject, _ in come_in(user).publish(subjects, user.encode())}
        watcher.turn()
        arrived = set(subjects) - refused
        if user != "deploy":  # whose account the watcher does not see
            seen = {subject for _, subject, body in watcher.heard if body == user.encode()}
            assert seen == arrived, "what was not refused arrived, and nothing else"
        may = {subject for subject in subjects if _may_tell(user, subject, movable=movable)}
        forbidden += [(user, "publish", subject) for subject in arrived - may]
        needed += [(user, "publish", subject) for subject in may - arrived]
        allowed += len(may)
    print(f"\npublish: {len(EVERYONE)} users x {len(subjects)} subjects = {len(EVERYONE) * len(subjects)} pairs,")
    print(f"  {allowed} allowed, {len(needed)} of them refused; {len(forbidden)} forbidden ones accepted")
    assert (forbidden, needed) == ([], [])


def test_nobody_hears_what_is_not_hers(come_in, movable):
    subjects = _subjects()
    forbidden, needed, overheard, allowed = [], [], [], 0
    wanted = [(subject, queue) for subject in subjects for queue in ("", *EVERYONE)]
    watcher = come_in("watcher")
    for user in EVERYONE:
        wire = come_in(user)
        refused = wire.subscribe(wanted)
        may = {asked for asked in wanted if _may_hear(user, *asked, movable=movable)}
        accepted = set(wanted) - refused
        forbidden += [(user, "subscribe", *asked) for asked in accepted - may]
        needed += [(user, "subscribe", *asked) for asked in may - accepted]
        allowed += len(may)
        watcher.publish([subject for subject in subjects if not subject.endswith(("*", ">"))], b"x")
        wire.turn()
        heard = {wanted[number] for number, _, _ in wire.heard}
        assert heard or user == "deploy", "what is allowed is heard; the watcher cannot reach that one's account"
        overheard += [(user, *asked) for asked in heard - may]
        wire.close()
    print(
        f"\nsubscribe: {len(EVERYONE)} users x {len(wanted)} subjects and groups = {len(EVERYONE) * len(wanted)} pairs,"
    )
    print(f"  {allowed} allowed, {len(needed)} of them refused; {len(forbidden)} forbidden ones accepted")
    assert (forbidden, needed, overheard) == ([], [], [])
