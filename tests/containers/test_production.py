"""The stack as a partner starts it: hardened, apart from the world but for one port, and deaf to development."""

from __future__ import annotations

import json

import httpx
import pytest

from commons_gateway import devtoken

from .stack import SERVICES, docker

LONG_RUNNING = (*SERVICES, "gateway", "nats", "postgres")
OURS = (*SERVICES, "gateway")
REACHED = """
import socket
for host, port in {asked}:
    try:
        socket.create_connection((host, port), 2).close()
        print(host)
    except OSError:
        pass
"""
ELSEWHERE = [("postgres", 5432), ("nats", 4222), ("nats", 8222)]


@pytest.fixture(scope="module")
def states(production):
    return {name: production.state(production.containers(name)[0]) for name in LONG_RUNNING}


def _asked(stack, token=""):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.post(f"{stack.url}/graphql", json={"query": "{ __typename }"}, headers=headers).json()


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_it_runs_with_nothing_it_does_not_need(states, name):
    host, process = states[name]["HostConfig"], states[name]["Config"]
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped"
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert process["User"] not in ("", "0", "root")
    assert states[name]["State"]["Health"]["Status"] == "healthy"


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_no_secret_stands_in_its_environment_or_command(production, states, name):
    told = json.dumps([states[name]["Config"]["Env"], states[name]["Config"]["Cmd"], states[name]["Args"]])
    for service, file in (
        ("postgres", "password"),
        ("gateway", "secret"),
        ("matching", "app_dsn"),
        ("geo", "nats_seed"),
    ):
        assert production.inside(service, "cat", f"/run/secrets/{file}").strip() not in told


@pytest.mark.parametrize("name", OURS)
def test_it_sees_its_own_secrets_alone(production, name):
    own = {"app_dsn", "engine_dsn", "nats_seed"} if name in SERVICES else {"nats_seed", "secret"}
    own |= {"profiles": {"link_key"}, "mentoring": {"keys_dsn", "master_key", "badge_key"}}.get(name, set())
    assert set(production.inside(name, "ls", "/run/secrets").split()) == own


def test_only_the_gateway_can_be_reached_from_outside(production, states):
    published = {name for name in LONG_RUNNING if any((states[name]["NetworkSettings"]["Ports"] or {}).values())}
    assert published == {"gateway"}
    ports = states["gateway"]["NetworkSettings"]["Ports"]["8080/tcp"]
    assert ports == [{"HostIp": "127.0.0.1", "HostPort": str(production.port)}]
    for inner in ("broker", "database"):
        assert json.loads(docker("network", "inspect", f"{production.name}_{inner}"))[0]["Internal"]


def test_the_gateway_does_not_reach_the_databases_and_nobody_the_brokers_monitor(production):
    def reached(name):
        return set(production.inside(name, "python", "-c", REACHED.format(asked=ELSEWHERE)).split())

    assert reached("gateway") == {"nats"}
    assert reached("matching") == {"nats", "postgres"}
    monitor = REACHED.format(asked=ELSEWHERE[2:])
    assert {production.inside(name, "python", "-c", monitor) for name in OURS} == {""}


def test_it_answers_and_believes_no_development_issuer(production, tmp_path):
    devtoken.make_key(tmp_path / "issuer.json")
    token = devtoken.issue(tmp_path / "issuer.json", "operator", project="westem", operator=True)
    assert production.inside("gateway", "sh", "-c", "ls /run/secrets/issuer.json 2>/dev/null; true") == ""
    assert "errors" not in _asked(production)
    assert _asked(production, token)["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert production.answers()


def test_facts_are_on_disk_before_they_are_acknowledged(production):
    assert "sync_interval: always" in production.inside("nats", "cat", "/etc/nats/commons.conf")
    page = production.inside("nats", "wget", "-q", "-O", "-", "http://127.0.0.1:8222/jsz?config=true&streams=true")
    jetstream = json.loads(page)
    assert jetstream["config"]["sync_always"]
    events = next(s for a in jetstream["account_details"] for s in a["stream_detail"] if s["name"] == "EVENTS")
    assert events["config"]["storage"] == "file"


def test_dead_letters_are_repaired_from_beside_it(production):
    letter = "'geo', '01a20141-59cc-71d5-9b41-1783e829df93', 0, 'due.geo.x', '{}', '{}', 'KeyError'"
    production.sql(
        "commons_geo",
        f"insert into dead_letters (owner, aggregate, seq, subject, headers, body, error) values ({letter})",
    )
    repair = ("run", "--rm", "-T", "repair", "dlq")
    name = "geo/geo/01a20141-59cc-71d5-9b41-1783e829df93/0"
    assert "KeyError" in production.compose(*repair, "list")
    assert production.compose(*repair, "drop", name).strip() == f"{name}: dropped"
    assert "There are no dead letters." in production.compose(*repair, "list")


def test_started_once_more_nothing_changes(production):
    ids = {name: production.containers(name) for name in LONG_RUNNING}
    production.up()
    assert {name: production.containers(name) for name in LONG_RUNNING} == ids


def test_what_is_stopped_ends_in_order_within_its_grace(production):
    production.compose("stop", "matching")
    state = production.state(production.containers("matching")[0])["State"]
    assert (state["ExitCode"], state["OOMKilled"]) == (0, False)
    production.up()
