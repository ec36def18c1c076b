"""Trusted documents: those that a frontend was built with, known by their SHA-256. Nothing is learned while running."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from commons_chassis.faults import Fault
from commons_chassis.log import logger
from commons_chassis.settings import SettingError
from commons_contracts.codes import FaultCode

from .metrics import DOCUMENTS

Guard = Literal["off", "log", "enforce"]
SHA = re.compile("[0-9a-f]{64}")
PREFIX = "sha256:"
REMEMBERED = 1_000
"""Unknown documents that were told of already, and are not told of again."""


class Unwelcome(Fault):
    """A document that is not known here. `detail`: what is wrong with how it was named."""

    def __init__(self, detail: str) -> None:
        super().__init__(FaultCode.BAD_REQUEST)
        self.detail = detail


class Trusted:
    """The documents of a manifest, and what becomes of all others: answered (off), told of (log) or refused (enforce)."""

    def __init__(self, guard: Guard = "off", texts: Mapping[str, str] | None = None) -> None:
        self.guard, self.texts = guard, dict(texts or {})
        self._told: OrderedDict[str, None] = OrderedDict()

    @classmethod
    def of(cls, guard: Guard, manifest: Path | None) -> Trusted:
        """Raises SettingError for a manifest that is none."""
        if guard != "off" and manifest is None:
            raise SettingError(
                f"COMMONS_DOCUMENTS is {guard}: say with COMMONS_DOCUMENTS_FROM where the documents are."
            )
        return cls(guard, dict(_documents(manifest)) if manifest else {})

    def find(self, query: str | None, extensions: Mapping[str, Any]) -> tuple[str, str]:
        """The text that is asked for, and its SHA-256. Raises Unwelcome."""
        named = _named(extensions)
        if not query:
            if named is None:
                raise Unwelcome("query is missing")
            if named not in self.texts:
                raise Unwelcome("no document of this id is known here, and none is learned")
            query = self.texts[named]
        sha = named or sha_of(query)
        if named and query is not self.texts.get(named) and sha_of(query) != named:
            raise Unwelcome("the id is not the SHA-256 of the document")
        if self.guard != "off":
            DOCUMENTS["yes" if sha in self.texts else "no",].inc()
            if sha not in self.texts:
                self._unknown(sha)
        return query, sha

    def _unknown(self, sha: str) -> None:
        if self.guard == "enforce":
            raise Unwelcome("only known documents are answered here")
        if sha not in self._told:
            logger.info("a document that is not known", sha=sha)
            self._told[sha] = None
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)


def sha_of(text: str) -> str:
    """What a document is known by. Half a surrogate is a character to JSON, and to a hash a few bytes like others."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()


def _named(extensions: Mapping[str, Any]) -> str | None:
    """The SHA-256 that a request names: as `documentId`, or as Apollo's clients do."""
    persisted = extensions.get("persistedQuery")
    apollo = persisted.get("sha256Hash") if isinstance(persisted, dict) else persisted
    found = [one for one in (extensions.get("documentId"), apollo) if one is not None]
    if not found:
        return None
    shas = {one.lower().removeprefix(PREFIX) if isinstance(one, str) else "" for one in found}
    sha = shas.pop()
    if shas or not SHA.fullmatch(sha):
        raise Unwelcome("an id is the SHA-256 of a document, in hexadecimal digits")
    return sha


def _documents(manifest: Path) -> Iterator[tuple[str, str]]:
    files = sorted(manifest.glob("*.json")) if manifest.is_dir() else [manifest]
    if not files:
        raise SettingError(f"There is no manifest in {manifest}: put the JSON files of your builds there.")
    for file in files:
        yield from _read(file)


def _read(file: Path) -> Iterator[tuple[str, str]]:
    try:
        found = json.loads(file.read_bytes())
    except OSError as wrong:
        raise SettingError(f"{file} cannot be read: {wrong.strerror}.") from wrong
    except ValueError as wrong:
        raise SettingError(f"{file} is not JSON in UTF-8.") from wrong
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise SettingError(f"{file} is no manifest: it should be an object of SHA-256 and document.")
    for sha, text in found.items():
        if sha.removeprefix(PREFIX) != sha_of(text):
            raise SettingError(f"{file}: {sha[:80]!r} is not the SHA-256 of its document. Have your build use sha256.")
        yield sha.removeprefix(PREFIX), text
