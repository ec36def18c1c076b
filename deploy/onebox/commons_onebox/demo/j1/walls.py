"""What holds in every step: strangers learn nothing, the young are safe, a no is in one's own language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from commons_contracts.codes import RefusalCode, Role
from commons_contracts.ids import person_of
from commons_gateway.devtoken import ISSUER
from commons_gateway.relay import global_id
from commons_gateway.schema import core
from commons_gateway.walks import id_places

from ..player import Faulted, Player
from ..stage import Stage, together
from .asking import NOBODY
from .search import all_mentors
from .story import Story

STEP = "J1"
ELSEWHERE = ("women-stem-up", "westem")
EVERY_ROLE = (Role.MENTOR, Role.MENTEE, Role.TEACHER, Role.COMPANY)
PLACE = """{ places(name: "Uppsala", country: "SE", first: 1) { id } }"""
UNIVERSITY = """query ($place: ID!) { organisationsNear(around: {place: $place}, kinds: [UNIVERSITY], first: 1) {
  organisation { id } } }"""
PUBLIC = {"Place", "Organisation", "Project"}
"""Kinds that are everyone's: there is nothing to hide."""


class Things(dict[str, str]):
    """An id for every kind: of what a journey makes none it is nobody's, and that kind is tried where it is made."""

    def __missing__(self, kind: str) -> str:
        return str(global_id(kind, NOBODY))


async def strangers_learn_nothing(story: Story) -> None:
    """Every id that can be asked with: another project's thing answers like one that nobody has."""
    await answered_alike(story.stage, STEP, "stranger", await _ids(story))


async def answered_alike(stage: Stage, step: str, subject: str, made: Mapping[str, str]) -> None:
    """A rule: `subject`, a stranger from another project, puts these ids of this one, and learns from none of them."""
    stranger = await _stranger(stage, subject)
    ids = Things(made)
    tried, differing = 0, []
    for place in id_places(core(), ids):
        for kind in set(place.kinds) & set(ids) - PUBLIC:
            both = ids[kind], str(global_id(kind, NOBODY))
            theirs, nobodys = await together(stranger.raw(place.document(id)) for id in both)
            tried += 1
            if _bare(theirs) != _bare(nobodys):
                differing.append(f"{place.name} with a {kind}")
    detail = f"{tried} ways to put another project's id, each answered like a random one"
    stage.judge.says(step, RefusalCode.NOT_FOUND, not differing and tried > 0, "; ".join(differing) or detail)


async def _stranger(stage: Stage, subject: str) -> Player:
    """All that one can be in another project, and nothing in this one."""
    elsewhere = next(project for project in ELSEWHERE if project != stage.project)
    stranger = stage.player(subject, project=elsewhere)
    await stranger.does("registerPerson", displayName="Stina", birthYear=1980, birthMonth=2, country="SE")
    await stranger.does("joinProject", roles=EVERY_ROLE)
    stranger = await stranger.known()
    await stage.operator.does("grantRole", person=stranger.id, role=Role.COORDINATOR, project=elsewhere)
    await stage.accepts(stranger)
    await stage.quiet()
    return stranger


async def _ids(story: Story) -> Mapping[str, str]:
    place = (await story.ebba.ask(PLACE))["places"][0]["id"]
    university = (await story.ebba.ask(UNIVERSITY, place=place))["organisationsNear"][0]["organisation"]["id"]
    project = await story.ebba.ask("query ($slug: String!) { project(slug: $slug) { id } }", slug="westem")
    notice = (await story.astrid.ask("{ viewer { notices(first: 1) { nodes { id } } } }"))["viewer"]["notices"]
    found = {"Place": place, "Organisation": university, "Project": project["project"]["id"]}
    return {**story.things, **found, "Notice": notice["nodes"][0]["id"]}


def _bare(answer: dict[str, Any]) -> str:
    """Without what belongs to the request alone."""
    for error in answer.get("errors") or ():
        error.get("extensions", {}).pop("requestId", None)
    answer.pop("extensions", None)
    return json.dumps(answer, sort_keys=True)


async def the_young_are_safe(story: Story) -> None:
    """A minor's account waits for her guardian: she can do nothing, and nobody can find or ask her."""
    minor = story.stage.player("minor")
    account = await minor.does("registerPerson", displayName="Tuva", birthYear=2011, birthMonth=5, country="SE")
    story.says(STEP, "PENDING_GUARDIAN", account["state"] == "PENDING_GUARDIAN", "registered, and waiting")
    no = RefusalCode.GUARDIAN_CONSENT_REQUIRED
    calls: Mapping[str, dict[str, Any]] = {
        "joinProject": {"roles": [Role.MENTEE]},
        "describeProfile": {},
        "registerForProgramme": {"round": story.round, "role": Role.MENTEE},
        "requestConnection": story.wish(story.astrid),
    }
    for verb, input in calls.items():
        await story.stage.refuses(STEP, no, minor, verb, input, why=f"{verb} by someone of fifteen")
    hers = str(global_id("Person", person_of(ISSUER, "minor")))
    wish, why = story.wish(story.astrid) | {"mentor": hers}, "a request to a minor, like one to nobody"
    await story.stage.refuses(STEP, RefusalCode.MENTOR_UNAVAILABLE, story.loser, "requestConnection", wish, why=why)
    found = {card["person"]["id"] for card in await all_mentors(story, story.ebba, first=20)}
    person = (await story.ebba.ask("query ($id: ID!) { node(id: $id) { id } }", id=hers))["node"]
    story.says(STEP, "MINOR_INVISIBLE", hers not in found and person is None, "in no search, and no node")


async def the_grammar_holds(story: Story) -> None:
    """A no is told in the viewer's language with one stable code; who is nobody gets a fault, not an answer."""
    wish = story.wish(story.ebba)
    said = {language: await story.ebba.speaking(language).tries("requestConnection", **wish) for language in _SPOKEN}
    messages = {answer.shown["message"] for answer in said.values()}
    codes = {answer.code for answer in said.values()}
    held = codes == {RefusalCode.SELF_REQUEST.value} and len(messages) == len(_SPOKEN)
    story.says(STEP, "LOCALISED", held, f"{', '.join(_SPOKEN)}: one code, three sentences")
    nobody = Player(name="nobody", http=story.stage.http, token="", project=story.stage.project)
    try:
        await nobody.tries("requestConnection", **wish)
        fault: list[str] = []
    except Faulted as failed:
        fault = failed.codes
    story.says(STEP, RefusalCode.UNAUTHENTICATED, fault == ["UNAUTHENTICATED"], "without a token: a top-level error")


_SPOKEN = ("sv", "nb", "en")
