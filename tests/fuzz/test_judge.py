"""The judge is tried himself: what he should complain of, he does."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from .cases import Case
from .judge import Judge

ERROR = {"message": "no", "extensions": {"code": "BAD_USER_INPUT", "requestId": "1", "retryable": False}}


def judged(status=200, body=None, media="application/json", seconds=0.1, request_id="1"):
    headers = {"content-type": f"{media}; charset=utf-8", "x-request-id": request_id}
    kind = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = httpx.Response(status, headers=headers, **kind)
    answer.headers["content-type"] = headers["content-type"]
    answer.elapsed = timedelta(seconds=seconds)
    judge = Judge()
    judge.look(Case("kind", b"{}"), "nobody", answer)
    return judge


def error(code="BAD_USER_INPUT", **changes):
    return {"data": None, "errors": [{**ERROR, "extensions": {**ERROR["extensions"], "code": code}, **changes}]}


@pytest.mark.parametrize(
    "body",
    [{"data": {"viewer": None}}, {"errors": [ERROR]}, error(), error("RATE_LIMITED"), {"data": {"node": {"id": "x"}}}],
)
def test_a_proper_answer_is_proper(body):
    assert judged(body=body).verdict() == ""


@pytest.mark.parametrize(
    ("complaint", "answer"),
    [
        ("status 500", {"status": 500, "body": {"errors": [ERROR]}}),
        ("status 503", {"status": 503, "body": {"errors": [ERROR]}}),
        ("INTERNAL at viewer.*.x", {"body": error("INTERNAL", path=["viewer", 3, "x"])}),
        ("UNAVAILABLE", {"body": error("UNAVAILABLE", path=["viewer"])}),
        ("code NOVEL", {"body": error("NOVEL")}),
        ("without a message", {"body": error(message="")}),
        ("without its request id", {"body": error(extensions={"code": "BAD_REQUEST"})}),
        ("neither data nor errors", {"body": {}}),
        ("neither data nor errors", {"body": {"data": None, "errors": []}}),
        ("no answer of GraphQL", {"body": {"detail": "Not Found"}}),
        ("no answer of GraphQL", {"body": [1]}),
        ("no JSON", {"body": b"<html>"}),
        ("media type text/html", {"body": b"<html>", "media": "text/html"}),
        ("no request id", {"body": {"data": {}}, "request_id": ""}),
        ("slow", {"body": {"data": {}}, "seconds": 9}),
        ("insides: sqlalchemy", {"body": error(message="(sqlalchemy.dialects.postgresql) no such table")}),
        ("insides: Traceback", {"body": {"data": {"viewer": {"name": "Traceback (most recent call last)"}}}}),
    ],
)
def test_an_improper_answer_is_told_of(complaint, answer):
    assert complaint in judged(**answer).verdict()


def test_silence_is_told_of():
    judge = Judge()
    judge.silent(Case("kind", b"{}"), "nobody", httpx.ReadError("gone"))
    assert "no answer: ReadError" in judge.verdict()


def test_the_shortest_examples_are_kept():
    judge = Judge()
    for length in (9, 5, 7, 1, 3):
        judge.silent(Case("kind", b"x" * length), "nobody", httpx.ReadError("gone"))
    assert [case.count("x") for _, case, _ in judge.complaints["no answer: ReadError"]] == [1, 3, 5]
