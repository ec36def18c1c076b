"""Evaluations as a browser sees them: null with a reason for who may not read, and suppressed where few answered."""

from __future__ import annotations

from commons_contracts.mentoring import AnswersByIds, Evaluate, Overview, Sheet, Sheets
from commons_gateway.relay import global_id
from commons_gateway.testing import THING, sample

ANSWERS = (
    "query($id: ID!) { node(id: $id) { ... on Evaluation { kind doneAt answers { question words grade } destroyed } } }"
)
GRADES = """{ project(slug: "westem") { programmes(first: 1) { nodes { overview { completed grades {
    question side people mean spread } } } } } }"""


async def test_for_who_may_not_read_it_the_field_is_null_with_a_reason(gateway):
    gateway.asker.answers[AnswersByIds] = Sheets(items=(Sheet(id=THING, private=True),))
    done = await gateway.execute(ANSWERS, {"id": global_id("Evaluation", THING)})
    assert done.data["node"] == {
        "kind": "SESSION",
        "doneAt": "2026-09-10T08:00:00Z",
        "answers": None,
        "destroyed": None,
    }
    assert {error.extensions["refusal"]["code"] for error in done.errors} == {"PRIVATE_EVALUATION"}


async def test_her_own_she_reads_and_what_is_destroyed_is_gone(gateway):
    node = (await gateway.ask(ANSWERS, {"id": global_id("Evaluation", THING)}))["node"]
    assert node["answers"] == [{"question": "sample", "words": "sample", "grade": 1}]
    gateway.asker.answers[AnswersByIds] = Sheets(items=(Sheet(id=THING, gone=True),))
    node = (await gateway.ask(ANSWERS, {"id": global_id("Evaluation", THING)}))["node"]
    assert (node["answers"], node["destroyed"]) == ([], True)


async def test_of_too_few_no_figure_is_shown(gateway):
    view = sample(Overview.reply)
    few = view.grades[0].model_copy(update={"people": None, "mean": None, "spread": ()})
    gateway.asker.answers[Overview] = view.model_copy(update={"grades": (few,)})
    done = await gateway.execute(GRADES)
    (grades,) = done.data["project"]["programmes"]["nodes"][0]["overview"]["grades"]
    assert (grades["people"], grades["mean"], grades["spread"]) == (None, None, None)
    assert {error.extensions["refusal"]["code"] for error in done.errors} == {"COHORT_TOO_SMALL"}


async def test_what_is_written_goes_to_mentoring_as_it_is(gateway):
    wish = {
        "mentorship": global_id("Mentorship", THING),
        "session": global_id("Session", THING),
        "answers": [{"question": "purpose", "words": "Ja."}, {"question": "quality", "grade": 4}],
    }
    await gateway.ask(
        "mutation($input: SessionEvaluationInput!) { submitSessionEvaluation(input: $input) { __typename } }",
        {"input": wish},
    )
    (command,) = gateway.asker.requests(Evaluate)
    assert (command.mentorship, command.session, command.kind) == (THING, THING, "SESSION")
    assert [(a.question, a.words, a.grade) for a in command.answers] == [("purpose", "Ja.", None), ("quality", "", 4)]
