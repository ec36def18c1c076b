"""docker-compose.yml as a project of its own: started, asked, hurt, and taken away with all it kept."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from commons_onebox.server import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("profiles", "matching", "mentoring", "community", "geo")
IMAGES = "commons-test"
STARTED_WITHIN, BACK_WITHIN = 300, 60
QUIET = ("exec", "ps")


def images():
    return {name: f"{IMAGES}/{name}:latest" for name in (*SERVICES, "gateway", "tools")}


def docker(*words, check=True):
    """What a docker command prints; with its complaints where it fails."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0 or not check, f"docker {' '.join(words)}:\n{done.stdout}{done.stderr}"
    return done.stdout


@dataclass
class Stack:
    """One compose project; `more` are files on top of docker-compose.yml."""

    name: str
    more: str = ""
    folder: Path = Path()
    port: int = field(default_factory=free_port)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def key(self):
        """The development issuer's, fetched from the gateway."""
        file = self.folder / "issuer.json"
        file.write_text(self.inside("gateway", "cat", "/run/secrets/issuer.json"))
        return file

    def compose(self, *words):
        """Raises AssertionError with what it said where it fails."""
        files = [word for file in ("docker-compose.yml", self.more) if file for word in ("-f", str(ROOT / file))]
        command = ["docker", "compose", "-p", self.name, "--project-directory", str(ROOT), *files, *words]
        told = os.environ | {"COMMONS_PORT": str(self.port), "COMMONS_IMAGES": IMAGES, "COMMONS_BIND": "127.0.0.1"}
        began = time.monotonic()
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if words[0] not in QUIET:
            print(f"{self.name}: compose {' '.join(words)}: {time.monotonic() - began:.1f} s", file=sys.stderr)
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}{self._last_words()}"
        return done.stdout

    def _last_words(self):
        return docker("ps", "-a", "--filter", f"label=com.docker.compose.project={self.name}", check=False)

    @contextmanager
    def running(self):
        self.compose("down", "--volumes", "--timeout", "1", "--remove-orphans")
        try:
            self.up()
            yield self
        finally:
            self.compose("--profile", "tools", "down", "--volumes", "--timeout", "1", "--remove-orphans")

    def up(self, *words):
        self.compose("up", "--detach", "--wait", "--wait-timeout", str(STARTED_WITHIN), *words)

    def inside(self, service, *command, index=1):
        """What a command prints in one container of a service."""
        return self.compose("exec", "-T", "--index", str(index), service, *command)

    def containers(self, service):
        """The ids of a service's containers."""
        return self.compose("ps", "--all", "--quiet", service).split()

    def state(self, container):
        return json.loads(docker("inspect", container))[0]

    def sql(self, database, statement):
        """The answer of the database server's administrator, as psql prints it."""
        said = (
            f'PGPASSWORD="$(cat /run/secrets/password)" psql -h 127.0.0.1 -U postgres -d {database} -Atc "{statement}"'
        )
        return self.inside("postgres", "sh", "-c", said).strip()

    def kill(self, service):
        """Kill the first process of a container from outside, as a crash would; `docker kill` would count as a stop."""
        container = self.containers(service)[0]
        before = self.state(container)
        words = ["--rm", "--pid=host", "--user=0", "--entrypoint=sh", images()["tools"]]
        docker("run", *words, "-c", f"kill -9 {before['State']['Pid']}")
        began = time.monotonic()
        back = wait_until(lambda: self._back(container, before), BACK_WITHIN, pause=0.2)
        assert back, f"{service} did not come back: {self.state(container)['State']}"
        print(
            f"{self.name}: {service} was killed, and healthy again after {time.monotonic() - began:.1f} s",
            file=sys.stderr,
        )

    def _back(self, container, before):
        now = self.state(container)
        return (
            now["RestartCount"] > before["RestartCount"] and now["State"].get("Health", {}).get("Status") == "healthy"
        )

    def answers(self):
        try:
            return httpx.get(f"{self.url}/readyz", timeout=3).status_code == 200
        except httpx.TransportError:
            return False
