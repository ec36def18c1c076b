"""A client that speaks to the broker line by line, so that it says exactly what was refused and what came through."""

from __future__ import annotations

import base64
import json
import re
import socket
from collections.abc import Iterable

import nkeys

REFUSED = re.compile(
    rb"-ERR 'Permissions Violation for (?:Publish|Subscription) to \"([^\"]+)\"(?: using queue \"([^\"]+)\")?'"
)
Asked = tuple[str, str]
"""A subject, and the queue group as which it is listened to; none: the empty word."""


class Wire:
    """One connection as the user of an nkey; what it asks for is asked at once, and answered when the broker is through."""

    def __init__(self, port: int, seed: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.lines = self.socket.makefile("rb")
        greeting = json.loads(self.lines.readline().partition(b" ")[2])
        pair = nkeys.from_seed(bytearray(seed.encode()))
        signature = base64.b64encode(pair.sign(greeting["nonce"].encode())).decode()
        hello = {
            "verbose": False,
            "pedantic": False,
            "nkey": pair.public_key.decode(),
            "sig": signature,
            "headers": True,
        }
        self.heard: list[tuple[int, str, bytes]] = []
        self._say(f"CONNECT {json.dumps(hello)}\r\n".encode())
        assert self.turn() == set()

    def publish(self, subjects: Iterable[str], body: bytes) -> set[Asked]:
        """Those that the broker refused."""
        for subject in subjects:
            self._say(f"PUB {subject} {len(body)}\r\n".encode() + body + b"\r\n")
        return self.turn()

    def subscribe(self, wanted: Iterable[Asked]) -> set[Asked]:
        """Those that the broker refused; the subscriptions are numbered from 0, in order."""
        for number, (subject, queue) in enumerate(wanted):
            self._say(f"SUB {subject} {queue} {number}\r\n".encode())
        return self.turn()

    def turn(self) -> set[Asked]:
        """Everything said so far is done once the broker answers a ping; returns what it refused since the last turn."""
        self._say(b"PING\r\n")
        refused = set()
        while (line := self.lines.readline()) != b"PONG\r\n":
            if found := REFUSED.match(line):
                refused.add((found[1].decode(), (found[2] or b"").decode()))
            elif line.startswith(b"MSG "):
                words = line.split()
                body = self.lines.read(int(words[-1]) + 2)[:-2]
                self.heard.append((int(words[2]), words[1].decode(), body))
            else:
                assert line == b"PING\r\n", line
        return refused

    def close(self) -> None:
        self.lines.close()
        self.socket.close()

    def _say(self, what: bytes) -> None:
        self.socket.sendall(what)
