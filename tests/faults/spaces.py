"""Two places with a wire between them, on one machine: network namespaces of our own, and nftables to cut the wire."""

from __future__ import annotations

import ctypes
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000
HERE, THERE = "10.231.0.1", "10.231.0.2"
NET = Path("/run/netns")
DOORS = """table ip doors {{
  chain come {{ type nat hook prerouting priority dstnat; iifname "wire" dnat to 127.0.0.1; }}
  chain seem {{ type nat hook input priority 100; iifname "wire" snat to 127.0.0.1; }}
  chain go {{ type nat hook output priority -100; ip daddr 127.0.0.1 tcp dport {{ {ports} }} dnat to {other}; }}
  chain leave {{ type nat hook postrouting priority srcnat; oifname "wire" masquerade; }}
}}
"""
"""What is served at 127.0.0.1 in one place is found at 127.0.0.1 in the other, by its port; who comes seems to come from there, too."""
CUT = """table inet cut {{
  chain out {{ type filter hook output priority 0; oifname "wire" tcp dport {{ {ports} }} drop; }}
  chain in {{ type filter hook input priority 0; iifname "wire" tcp sport {{ {ports} }} drop; }}
}}
"""
_numbers = itertools.count()


@dataclass(frozen=True)
class Wire:
    """From the place `here` to the place `there`."""

    here: str
    there: str

    def join(self, here: Iterable[int], there: Iterable[int]) -> None:
        """Lead to these ports: what is served `here` is found there, and what is served `there`, here."""
        _nft(self.there, DOORS.format(ports=_listed(here), other=HERE))
        _nft(self.here, DOORS.format(ports=_listed(there), other=THERE))

    @contextmanager
    def cut(self, ports: Iterable[int]) -> Iterator[None]:
        """What goes to these ports, or comes from them, is dropped without a word; nobody is told that it is."""
        _nft(self.there, CUT.format(ports=_listed(ports)))
        try:
            yield
        finally:
            _run("ip", "netns", "exec", self.there, "nft", "delete", "table", "inet", "cut")


@contextmanager
def wire() -> Iterator[Wire]:
    """Two new places; they are gone after the block. Skips the test, with the reason, where they cannot be made."""
    if why_not := _why_not():
        pytest.skip(why_not)
    number = next(_numbers)
    two = Wire(*(f"commons-{os.getpid()}-{number}-{side}" for side in ("here", "there")))
    try:
        for space in (two.here, two.there):
            _run("ip", "netns", "add", space)
        _run("ip", "-n", two.here, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", two.there)
        for space, address in ((two.here, HERE), (two.there, THERE)):
            _run("ip", "-n", space, "addr", "add", f"{address}/30", "dev", "wire")
            for link in ("lo", "wire"):
                _run("ip", "-n", space, "link", "set", link, "up")
            _run("ip", "netns", "exec", space, "sysctl", "-qw", "net.ipv4.conf.wire.route_localnet=1")
        yield two
    finally:
        for space in (two.here, two.there):
            with suppress(subprocess.CalledProcessError):
                _run("ip", "netns", "del", space)


@contextmanager
def inside(space: str) -> Iterator[None]:
    """This thread, and what it starts, is there for the block."""
    with Path("/proc/thread-self/ns/net").open("rb") as home:
        enter(space)
        try:
            yield
        finally:
            _enter(home.fileno())


def enter(space: str) -> None:
    with (NET / space).open("rb") as door:
        _enter(door.fileno())


def _enter(door: int) -> None:
    if ctypes.CDLL(None, use_errno=True).setns(door, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@cache
def _why_not() -> str:
    """Why this machine cannot make them; empty where it can."""
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if missing := [name for name in ("ip", "nft", "sysctl") if shutil.which(name) is None]:
        return f"there is no {' and no '.join(missing)} to make and cut networks with"
    probe = f"commons-{os.getpid()}-probe"
    try:
        _run("ip", "netns", "add", probe)
        _nft(probe, CUT.format(ports="1"))
    except subprocess.CalledProcessError as no:
        return f"the kernel allows no network namespaces with nftables: {no.stderr.decode().strip()}"
    finally:
        with suppress(subprocess.CalledProcessError):
            _run("ip", "netns", "del", probe)
    return ""


def _nft(space: str, rules: str) -> None:
    _run("ip", "netns", "exec", space, "nft", "-f", "-", said=rules)


def _listed(ports: Iterable[int]) -> str:
    return ", ".join(map(str, ports))


def _run(*command: str, said: str = "") -> str:
    return subprocess.run(command, check=True, capture_output=True, input=said.encode()).stdout.decode()
