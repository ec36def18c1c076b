"""What a backup says of itself: of which moment it is, what is in it, made by which versions, and a hash of each file."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from commons_onebox.home import HomeError
from commons_onebox.keys import to_disk

M = TypeVar("M", "Manifest", "Keys")

FORMAT = 1
MANIFEST = "manifest.json"
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600
CHUNK = 1 << 20


class File(BaseModel):
    """One file of a backup; `name` is its path below the backup's folder."""

    name: str
    bytes: int
    sha256: str


class Dump(BaseModel):
    """One service's database: its migration, how many facts its log holds, and how many rows each table."""

    file: File
    revision: str
    facts: int
    rows: dict[str, int]


class Manifest(BaseModel):
    """Of the data. `moment` is the time of the one snapshot that all databases share."""

    format: int = FORMAT
    backup: UUID
    moment: datetime
    versions: dict[str, str]
    seeded: bool
    services: dict[str, Dump]


class Keys(BaseModel):
    """Of the keys: they belong to the data with the same `backup`."""

    format: int = FORMAT
    backup: UUID
    files: list[File]


def place(folder: Path, name: str) -> Path:
    """An empty file `name` below `folder`, which with every folder between them is its owner's alone."""
    there = folder / name
    for parent in reversed(there.relative_to(folder).parents[:-1]):
        (folder / parent).mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
    there.touch(mode=OWNER_ONLY_FILE)
    return there


def described(folder: Path, file: Path) -> File:
    """Name, size and hash of a file below `folder`."""
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
    return File(name=str(file.relative_to(folder)), bytes=file.stat().st_size, sha256=digest.hexdigest())


def write(folder: Path, manifest: Manifest | Keys) -> None:
    """Last of all, so that a backup without one is known to be unfinished."""
    place(folder, MANIFEST).write_text(manifest.model_dump_json(indent=1) + "\n")
    for entry in (*(each for each in folder.rglob("*") if each.is_file()), folder):
        to_disk(entry)


def read(folder: Path) -> Manifest:
    """The manifest of the data in `folder`, after comparing every file with it. Raises HomeError."""
    found = _parsed(folder, Manifest)
    _compare(folder, [dump.file for dump in found.services.values()])
    return found


def read_keys(folder: Path, backup: UUID) -> Keys:
    """The same of the keys; those of another backup are refused."""
    found = _parsed(folder, Keys)
    if found.backup != backup:
        raise HomeError(f"The keys in {folder} belong to another backup ({found.backup}).")
    _compare(folder, found.files)
    return found


def _parsed(folder: Path, kind: type[M]) -> M:
    try:
        found = kind.model_validate_json((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise HomeError(f"There is no finished backup in {folder}: it has no {MANIFEST}.") from None
    except (ValidationError, OSError):
        raise HomeError(f"{folder / MANIFEST} is not the manifest of a backup, or cannot be read.") from None
    if found.format != FORMAT:
        raise HomeError(f"The backup in {folder} has format {found.format}, and this version reads format {FORMAT}.")
    return found


def _compare(folder: Path, files: list[File]) -> None:
    for file in files:
        there = folder / file.name
        if not there.is_file():
            raise HomeError(f"The backup in {folder} lacks {file.name}.")
        if described(folder, there) != file:
            raise HomeError(f"{there} is not what was backed up: its hash differs from the manifest's.")
