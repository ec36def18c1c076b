"""Secrets as they are made and kept: nkeys for the broker's users, files for their owner alone."""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

import nkeys

BUILDER = "deploy"
BROKER_USERS = ("gateway", BUILDER, "operator")
"""Beside the services; `commons_chassis.connect` says what each is for, but takes long to import."""


def new_seed() -> str:
    """The private half of a new nkey."""
    made: bytes = nkeys.encode_seed(secrets.token_bytes(32), nkeys.PREFIX_BYTE_USER)
    return made.decode()


def public_half(seed: str) -> str:
    """By what the broker knows who has the seed."""
    found: bytes = nkeys.from_seed(bytearray(seed.encode())).public_key
    return found.decode()


def new_master_key() -> str:
    """What wraps the keys of those who write for themselves alone."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("=")


def new_badge_key() -> str:
    """What certificates are signed with: a private key of Ed25519 as a JWK, named by its own thumbprint."""
    from joserfc.jwk import OKPKey

    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    return json.dumps(key.as_dict(private=True))


def keep(file: Path, text: str, *, mode: int = 0o600) -> None:
    """Write a secret, whole or not at all, and on the disk when this returns; nobody else can ever read it."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(text)
    fresh.chmod(mode)
    to_disk(fresh)
    fresh.replace(file)
    to_disk(file.parent)


def to_disk(entry: Path) -> None:
    """What a file or a folder holds is there after a power cut."""
    opened = os.open(entry, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
