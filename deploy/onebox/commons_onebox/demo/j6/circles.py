"""J8.4 by a match run: in another project the design says circles, and a run forms them for a coordinator to decide about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from commons_contracts.codes import Method, Modality, RefusalCode, Role, TrainingModule
from commons_gateway.relay import global_id

from ..player import Answer, Player
from ..stage import together
from .story import BEGINS, ENDS_ON, ROUND, STARTS_ON, Story

STEP, PROJECT = "J8.4", "eumentorstem"
LEAST, MOST = 4, 8
BOLOGNA = global_id("Place", 3181928)
METHOD = "query ($id: ID!) { node(id: $id) { ... on Round { method } } }"
RUN = """query ($id: ID!) { node(id: $id) { ... on MatchRun { id state failure identity resultHash matched mostPeople
  circles(first: 20) { nodes { language block modality because facilitator { id }
    members { score origin mentee { id } explanation { contribution because } } } }
  unmatched(first: 20) { nodes { reason because mentee { id } } } } } }"""
HERS = "{ viewer { mentorships(first: 20) { nodes { style phase match { mentor { id } round { id } } } } } }"
INTRODUCTION = {"title": "Circoli", "text": "Nessuna dovrebbe cominciare da sola.", "language": "it"}


@dataclass(frozen=True)
class Circled:
    """The story as that project has it, who leads circles there, and who speaks what: one alone speaks Persian."""

    there: Story
    leaders: Sequence[Player]
    members: Mapping[str, Sequence[Player]]

    def named(self, id: str) -> Player:
        return next(one for each in self.members.values() for one in each if one.id == id)


async def circles_are_formed(story: Story) -> None:
    held = await _people_come(story)
    first = await _computed(held, await held.there.starts(seed=8, dryRun=True))
    run = await _computed(held, await held.there.starts(seed=8))
    _says_what_is_formed(story, held, first, run)
    await _decides(held, run)
    await _publishes(story, held, run)


def _says_what_is_formed(story: Story, held: Circled, first: dict[str, Any], run: dict[str, Any]) -> None:
    circles, speaks = run["circles"]["nodes"], {one.id: t for t, those in held.members.items() for one in those}
    sizes = sorted(len(circle["members"]) for circle in circles)
    alike = all(speaks[one["mentee"]["id"]] == it["language"] for it in circles for one in it["members"])
    good = len(circles) == len(held.leaders) and sizes[0] >= LEAST and sizes[-1] <= MOST and alike
    good = good and run["matched"] == sum(sizes) <= run["mostPeople"]
    story.says(STEP, "CIRCLES", good, f"two circles of {sizes}, each in one language; no choice has more people")
    fits = [one for circle in circles for one in circle["members"]]
    good = all(sum(part["contribution"] for part in one["explanation"]) == one["score"] for one in fits)
    arabic = min(str(circle["because"]) for circle in circles)
    good = good and arabic.startswith("Alla talar arabiska") and "tisdag" in arabic
    story.says(STEP, "EXPLAINED", good, f"the parts sum to each score; in her language: {arabic}")
    left = {one["mentee"]["id"]: one["reason"] for one in run["unmatched"]["nodes"]}
    good = left == {held.members["fa"][0].id: "TOO_FEW"}
    story.says(STEP, "TOO_FEW", good, "a facilitator speaks her language, and nobody else who could meet does")
    same = (first["identity"], first["resultHash"]) == (run["identity"], run["resultHash"])
    said = f"the same people, design and seed: the same circles, {str(run['resultHash'])[:8]}"
    story.says(STEP, "SAME_AGAIN", same and run["resultHash"] is not None, said)


async def _decides(held: Circled, run: dict[str, Any]) -> None:
    small = min(run["circles"]["nodes"], key=lambda circle: len(circle["members"]))
    other = next(one for one in held.leaders if one.id != small["facilitator"]["id"])
    one = small["members"][0]["mentee"]["id"]
    override = {"run": run["id"], "mentee": one, "reason": "Hon bad om det."}
    no, why = RefusalCode.CIRCLE_TOO_SMALL, "a circle of four without one of them"
    await _refuses(held, no, "overrideProposal", override, why=why, params={"min": LEAST})
    no, why = RefusalCode.LANGUAGE_MISMATCH, "a circle in a language that she does not speak"
    joins = override | {"mentee": held.members["fa"][0].id, "mentor": other.id}
    await _refuses(held, no, "overrideProposal", joins, why=why)


async def _publishes(story: Story, held: Circled, run: dict[str, Any]) -> None:
    large = max(run["circles"]["nodes"], key=lambda circle: len(circle["members"]))
    one, two = (held.named(member["mentee"]["id"]) for member in large["members"][:2])
    await one.does("blockPerson", person=two.id)
    await story.stage.quiet()
    no, why = RefusalCode.MATCH_SNAPSHOT_STALE, "one member has blocked another meanwhile"
    params = {"count": 2}
    answer = await _refuses(held, no, "publishMatchRun", {"run": run["id"]}, why=why, params=params)
    named = {each["mentee"] for each in answer.params.get("changed", ())}
    again = await held.there.coordinator.does("rerunMatchRun", run=run["id"])
    run = await _computed(held, again["id"])
    members = [[each["mentee"]["id"] for each in circle["members"]] for circle in run["circles"]["nodes"]]
    good = (
        named == {one.id, two.id}
        and len(members) == len(held.leaders)
        and not any(named <= {*each} for each in members)
    )
    story.says(STEP, "RERUN", good, f"computed again, the two are in no circle together: {sorted(map(len, members))}")
    await held.there.coordinator.does("publishMatchRun", run=run["id"])
    await story.stage.quiet()
    leads = {one["mentee"]["id"]: it["facilitator"]["id"] for it in run["circles"]["nodes"] for one in it["members"]}
    seen = await together(held.named(id).ask(HERS) for id in leads)
    opened = {
        id: [(it["style"], it["phase"], it["match"]["mentor"]["id"]) for it in each["viewer"]["mentorships"]["nodes"]]
        for id, each in zip(leads, seen, strict=True)
    }
    good = opened == {id: [("CIRCLE", "FORMING", mentor)] for id, mentor in leads.items()}
    story.says(STEP, "PUBLISHED", good, f"{len(leads)} members have begun with their facilitators")


async def _people_come(story: Story) -> Circled:
    coordinator = await story.stage.player(f"coordinator@{PROJECT}", project=PROJECT).known()
    coordinator = coordinator.speaking("sv")
    draft = await coordinator.does("createProgramme", startsOn=STARTS_ON, endsOn=ENDS_ON)
    await coordinator.does("publishProgramme", programme=draft["id"])
    await story.stage.quiet()
    round = (await coordinator.ask(ROUND, id=draft["id"]))["node"]["round"]["id"]
    method = (await coordinator.ask(METHOD, id=round))["node"]["method"]
    story.says(STEP, "BY_DESIGN", method == Method.CIRCLES, "the project's design says circles")
    leaders = await together(_leader(story, n, tongue) for n, tongue in enumerate(("ar", "uk")))
    no, why = RefusalCode.TRAINING_REQUIRED, "whoever leads a circle is trained for it"
    asked = {"round": round, "role": Role.MENTOR}
    params = {"modules": [TrainingModule.TRAINING_OF_TRAINERS]}
    await story.stage.refuses(STEP, no, leaders[0], "registerForProgramme", asked, why=why, params=params)
    for one in leaders:
        known = {"person": one.id, "module": TrainingModule.TRAINING_OF_TRAINERS}
        await coordinator.does("recordTraining", heldOn=BEGINS.date().isoformat(), **known)
    await story.stage.quiet()
    await together(one.does("registerForProgramme", **asked) for one in leaders)
    tongues = ("ar",) * 5 + ("uk",) * 4 + ("fa",)
    all_ = await together(_member(story, round, n, tongue) for n, tongue in enumerate(tongues, 1))
    await story.stage.quiet()
    members = {tongue: [one for one, t in zip(all_, tongues, strict=True) if t == tongue] for tongue in {*tongues}}
    there = replace(story, coordinator=coordinator, round=round)
    return Circled(there=there, leaders=leaders, members=members)


async def _leader(story: Story, n: int, tongue: str) -> Player:
    new = story.stage.player(f"leader-{n}@{PROJECT}", project=PROJECT)
    await new.does("registerPerson", displayName=f"Lea {n}", birthYear=1980, birthMonth=2, country="IT")
    await new.does("joinProject", roles=[Role.MENTOR])
    new = await new.known()
    await story.stage.accepts(new)
    await new.does("describeProfile", **_tells(tongue, "fa"))
    await new.does("writeIntroduction", **INTRODUCTION)
    await new.does("publishIntroduction")
    return new


async def _member(story: Story, round: str, n: int, tongue: str) -> Player:
    one = await story.stage.player(f"mentee-{n}@{PROJECT}", project=PROJECT).known()
    await story.stage.accepts(one)
    await one.does("registerForProgramme", round=round, role=Role.MENTEE)
    await one.does("describeProfile", **_tells(tongue))
    return one


def _tells(*tongues: str) -> dict[str, Any]:
    """They live in one town, and have Tuesday afternoons."""
    languages = [{"language": tongue, "level": "C1"} for tongue in tongues]
    told = {"fields": ["0714"], "country": "IT", "place": BOLOGNA, "modality": Modality.FACE_TO_FACE}
    return told | {"languages": languages, "availability": [12, 13]}


async def _computed(held: Circled, run: str) -> dict[str, Any]:
    await held.there.follows(run)
    held.there.stage.stir()
    found: dict[str, Any] = (await held.there.coordinator.ask(RUN, id=run))["node"]
    return found


async def _refuses(held: Circled, code: str, verb: str, input: dict[str, Any], **said: Any) -> Answer:
    stage, coordinator = held.there.stage, held.there.coordinator
    return await stage.refuses(STEP, code, coordinator, verb, input, beside=[held.members["ar"][0]], **said)
