"""A programme's design goes out to a browser and comes back the same."""

from __future__ import annotations

import json
from datetime import date

from graphql import GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType

from commons_contracts.codes import Style
from commons_contracts.mentoring import DraftProgramme, ProgrammeRules, ProgrammesPage, ProgrammeTexts, ReviseDraft
from commons_gateway.relay import NOWHERE, global_id
from commons_gateway.schema import core
from commons_gateway.testing import THING, sample
from commons_mentoring import designs

CREATE = "mutation($input: CreateProgrammeInput!) { createProgramme(input: $input) { ... on Programme { id } } }"


def selection(kind) -> str:
    """All of a type."""
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    if not isinstance(kind, GraphQLObjectType):
        return ""
    return "{" + " ".join(name + selection(field.type) for name, field in kind.fields.items()) + "}"


DESIGN = " ".join(part + selection(core().type_map["Programme"].fields[part].type) for part in ("rules", "texts"))
READ = f'{{ project(slug: "westem") {{ programmes(first: 1) {{ nodes {{ {DESIGN} }} }} }} }}'


async def back_and_forth(gateway, rules, texts):
    """What mentoring is told when a browser sends back what it has read."""
    page = sample(ProgrammesPage.reply)
    shown = page.items[0].model_copy(update={"rules": rules, "texts": texts})
    gateway.asker.answers[ProgrammesPage] = page.model_copy(update={"items": (shown,)})
    (programme,) = (await gateway.ask(READ))["project"]["programmes"]["nodes"]
    await gateway.ask(CREATE, {"input": json.loads(json.dumps(programme))})
    return gateway.asker.requests(DraftProgramme)[-1].changes


async def test_every_shipped_design_comes_back_as_it_went_out(gateway):
    for slug in ("westem", "women-stem-up", "eumentorstem", "stem-nord"):
        design = designs.load(slug)
        changes = await back_and_forth(gateway, design.rules, design.texts)
        assert changes.rules == design.rules, slug
        assert changes.texts == design.texts, slug


async def test_a_design_with_everything_in_it_does_too(gateway):
    rules, texts = sample(ProgrammeRules), sample(ProgrammeTexts)
    rules = ProgrammeRules.model_validate(json.loads(rules.model_dump_json().replace('"sample"', '"ITEM"')))
    texts = ProgrammeTexts.model_validate(json.loads(texts.model_dump_json().replace('"sample":', '"sv":')))
    changes = await back_and_forth(gateway, rules, texts)
    assert (changes.rules, changes.texts) == (rules, texts)


async def test_what_is_left_out_stays_as_it_is(gateway):
    wish = {"programme": global_id("Programme", THING), "startsOn": "2026-10-01", "styles": ["FLASH"]}
    await gateway.ask(
        "mutation($i: ReviseProgrammeInput!) { reviseProgramme(input: $i) { ... on Programme { id } } }", {"i": wish}
    )
    (asked,) = gateway.asker.requests(ReviseDraft)
    assert (asked.programme, asked.starts_on, asked.ends_on) == (THING, date(2026, 10, 1), None)
    assert asked.changes.model_dump(exclude_none=True) == {"styles": (Style.FLASH,)}


async def test_a_draft_may_begin_from_another_programme(gateway):
    for based_on in (global_id("Programme", THING), "junk", None):
        await gateway.ask(CREATE, {"input": {"basedOn": based_on}})
    assert [asked.based_on for asked in gateway.asker.requests(DraftProgramme)] == [THING, NOWHERE, None]


async def test_a_design_that_is_none_is_the_callers_mistake(gateway):
    wrong = {
        "rules": {
            "units": ["PAIR"],
            "requests": {"initiator": "MENTEE", "expiryDays": -1},
            "matching": {"method": "BOOKING"},
        }
    }
    done = await gateway.execute(CREATE, {"input": wrong})
    assert done.errors[0].extensions["code"] == "BAD_USER_INPUT"
    assert "requests.expiry_days" in done.errors[0].message


def test_every_input_twin_takes_what_its_type_shows():
    types = core().type_map
    for name, kind in types.items():
        if isinstance(kind, GraphQLInputObjectType) and name.removesuffix("Input") in types and "Rules" in name:
            assert set(kind.fields) == set(types[name.removesuffix("Input")].fields)
