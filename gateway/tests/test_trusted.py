"""Documents that a frontend was built with: known by their SHA-256, and nothing is learned while running."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from prometheus_client import REGISTRY

from commons_chassis.settings import SettingError
from commons_gateway import trusted
from commons_gateway.documents import Shelf
from commons_gateway.execution import Schema
from commons_gateway.schema import schema
from commons_gateway.trusted import Trusted, sha_of

KNOWN = "query Known { viewer { account { state } } }"
SHA = sha_of(KNOWN)
OTHER = "{ viewer { account { state } } }"


@pytest.fixture
def shelf(monkeypatch):
    shelf = Shelf()
    monkeypatch.setattr(schema, "shelf", shelf)
    return shelf


def guard(gateway, guard, texts=None):
    object.__setattr__(gateway.desk, "trusted", Trusted(guard, {SHA: KNOWN} if texts is None else texts))


async def ask(gateway, query=None, **extensions):
    done = await schema.execute(query, context_value=gateway.context(), operation_extensions=extensions)
    return done.data if done.errors is None else done.errors[0].extensions["code"]


ANSWER = {"viewer": {"account": {"state": "PENDING_CONSENT"}}}


@pytest.mark.parametrize(
    "extensions",
    [
        {"documentId": SHA},
        {"documentId": "sha256:" + SHA},
        {"documentId": SHA.upper()},
        {"persistedQuery": {"version": 1, "sha256Hash": SHA}},
        {"persistedQuery": {"sha256Hash": SHA}, "documentId": "sha256:" + SHA},
    ],
)
@pytest.mark.parametrize("how", ["off", "log", "enforce"])
async def test_a_known_document_is_asked_by_its_id(gateway, extensions, how):
    guard(gateway, how)
    data = await ask(gateway, None, **extensions)
    assert data == await ask(gateway, KNOWN)
    assert data["viewer"]["account"]["state"]


@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {"documentId": sha_of(OTHER)},
        {"documentId": SHA[:-1]},
        {"documentId": ""},
        {"documentId": 7},
        {"documentId": [SHA]},
        {"documentId": "md5:" + SHA},
        {"persistedQuery": SHA[:5]},
        {"persistedQuery": {"sha256Hash": {}}},
        {"persistedQuery": {"sha256Hash": sha_of(OTHER)}, "documentId": SHA},
    ],
)
async def test_an_id_of_nothing_known_is_a_bad_request(gateway, extensions):
    for how in ("off", "log", "enforce"):
        guard(gateway, how)
        assert await ask(gateway, None, **extensions) == "BAD_REQUEST"
    assert gateway.asker.asked == []


async def test_nothing_is_learned_while_running(gateway):
    guard(gateway, "off")
    assert await ask(gateway, OTHER, persistedQuery={"version": 1, "sha256Hash": sha_of(OTHER)})
    assert await ask(gateway, None, persistedQuery={"version": 1, "sha256Hash": sha_of(OTHER)}) == "BAD_REQUEST"


async def test_an_id_beside_another_document_is_a_bad_request(gateway):
    guard(gateway, "off")
    assert await ask(gateway, OTHER, documentId=SHA) == "BAD_REQUEST"


async def test_only_known_documents_are_answered_where_that_is_enforced(gateway, shelf):
    guard(gateway, "off")
    assert (await ask(gateway, OTHER)) == (await ask(gateway, KNOWN))
    guard(gateway, "enforce")
    for document in (OTHER, KNOWN + " ", "{ viewer", "{ __schema { types { name } } }"):
        assert await ask(gateway, document) == "BAD_REQUEST"
    assert await ask(gateway, KNOWN) != "BAD_REQUEST"
    results = await schema.stream(OTHER, context_value=gateway.context())
    assert [result.errors[0].extensions["code"] async for result in results] == ["BAD_REQUEST"]


async def test_unknown_documents_are_counted_and_told_of_once_each(gateway, capsys, monkeypatch):
    guard(gateway, "log")
    monkeypatch.setattr(trusted, "REMEMBERED", 2)

    def counted():
        return [REGISTRY.get_sample_value("commons_documents_total", {"known": known}) or 0 for known in ("yes", "no")]

    yes, no = counted()
    for document in (OTHER, OTHER, KNOWN, OTHER + " "):
        assert await ask(gateway, document) == await ask(gateway, KNOWN)
    assert counted() == [yes + 5, no + 3]
    said = capsys.readouterr().out
    assert said.count(sha_of(OTHER)) == said.count(sha_of(OTHER + " ")) == 1
    assert SHA not in said
    assert OTHER not in said
    for number in range(5):
        await ask(gateway, OTHER + "  " * number)
    assert len(gateway.desk.trusted._told) <= 2


def written(folder, name, content):
    file = folder / name
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return file


def test_a_manifest_is_what_a_build_writes(tmp_path):
    codegen = written(tmp_path, "persisted-documents.json", {SHA: KNOWN})
    assert Trusted.of("enforce", codegen).texts == {SHA: KNOWN}
    written(tmp_path, "relay.json", {"sha256:" + sha_of(OTHER): OTHER})
    assert Trusted.of("log", tmp_path).texts == {SHA: KNOWN, sha_of(OTHER): OTHER}
    assert Trusted.of("off", None).texts == {}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "is not JSON"),
        ([KNOWN], "no manifest"),
        ({SHA: 7}, "no manifest"),
        ({sha_of(OTHER): KNOWN}, "is not the SHA-256"),
        ({"d41d8cd98f00b204e9800998ecf8427e": KNOWN}, "use sha256"),
    ],
)
def test_a_broken_manifest_is_told_of_in_a_sentence(tmp_path, content, sentence):
    file = written(tmp_path, "documents.json", content)
    with pytest.raises(SettingError, match=sentence) as wrong:
        Trusted.of("off", file)
    assert str(file) in str(wrong.value)
    with pytest.raises(SettingError, match="cannot be read"):
        Trusted.of("off", tmp_path / "nowhere.json")


def test_a_guard_needs_a_manifest(tmp_path):
    for how in ("log", "enforce"):
        with pytest.raises(SettingError, match="COMMONS_DOCUMENTS_FROM"):
            Trusted.of(how, None)
    with pytest.raises(SettingError, match="no manifest"):
        Trusted.of("off", tmp_path)


async def test_trusted_documents_are_read_and_checked_before_anyone_asks(gateway, shelf, monkeypatch):
    guard(gateway, "enforce")
    schema.trust(gateway.desk.trusted)
    assert len(shelf) == 1
    monkeypatch.setattr("commons_gateway.documents.validate", None)
    assert await ask(gateway, None, documentId=SHA) != "BAD_REQUEST"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"COMMONS_DOCUMENTS": "enforce"}, "COMMONS_DOCUMENTS_FROM"),
        ({"COMMONS_DOCUMENTS_FROM": "{folder}/documents.json"}, "cannot be answered"),
    ],
)
def test_a_gateway_does_not_start_with_a_manifest_that_is_none(gateway, tmp_path, said, sentence):
    written(tmp_path, "documents.json", {sha_of("{ nonsense }"): "{ nonsense }"})
    told = {name: value.replace("{folder}", str(tmp_path)) for name, value in said.items()}
    environment = {"PATH": os.environ["PATH"], "COMMONS_ENV": "dev", "COMMONS_TOKEN_KEY_FILE": str(gateway.key), **told}
    ended = subprocess.run(
        [sys.executable, "-m", "commons_gateway"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("query A { nonsense }", "Cannot query field"),
        ("query A {", "Syntax Error"),
        ("{" + " ".join(f"a{i}: __typename" for i in range(16)) + "}", "aliases 16 of 15"),
        ("query A { " + "viewer { account { state } } " * 200 + "}", "tokens 1000"),
        ("fragment a on Query { viewer { account { state } } }", "one operation"),
    ],
)
def test_a_trusted_document_must_be_one_that_can_be_answered(shelf, text, sentence):
    with pytest.raises(SettingError, match=sentence) as wrong:
        schema.trust(Trusted("log", {SHA: KNOWN, sha_of(text): text}))
    assert sha_of(text) in str(wrong.value)
    assert isinstance(schema, Schema)
