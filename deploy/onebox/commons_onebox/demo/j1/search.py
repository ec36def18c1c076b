"""J1.5: a mentee looks for mentors, and finds those who are ready, there, and have a place for her."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from commons_contracts.codes import Style

from ..player import Player
from .story import Story

STEP = "J1.5"
PAUSED, FULL, UNREADY = 4, 5, 25
TOOK_PART = [n for n in range(1, 31) if n not in {8, 9, 10, 11, 12}]
"""Of the seeded mentors; those left out come later, each for her own scene."""
MENTORS = """query ($id: ID!, $filter: MentorFilter, $first: Int!, $after: String) { node(id: $id) { ... on Round {
  mentors(filter: $filter, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes {
    person { id displayName } freePlaces lastActiveBand distanceKm fit { points parts { points most } }
    introduction { published } description { fields country languages { language } place { id name country } }
  } } } } }"""
PLACES = """query ($name: String!) { places(name: $name, country: "SE", first: 1) { id name } }"""
Card = dict[str, Any]
FILTERS: Mapping[str, tuple[dict[str, Any], Callable[[Card], bool]]] = {
    "FILTER_FIELD": ({"fields": ["06", "0713"]}, lambda card: any(_in_field(f) for f in card["fields"])),
    "FILTER_LANGUAGE": ({"languages": ["sv"]}, lambda card: "sv" in {s["language"] for s in card["languages"]}),
    "FILTER_COUNTRY": ({"countries": ["SE", "NO"]}, lambda card: card["country"] in {"SE", "NO"}),
}


async def a_mentee_searches(story: Story) -> None:
    mentors = dict(zip(TOOK_PART, await story.mentors(TOOK_PART), strict=True))
    await mentors[PAUSED].does("pauseMentoring")
    for style in (Style.TRADITIONAL, Style.FLASH):
        await story.gives(mentors[FULL], 0, style)
    await _lives_in_uppsala(story.ebba)
    await story.stage.quiet()
    found = await all_mentors(story, story.ebba, first=20)
    ids = [card["person"]["id"] for card in found]
    for number, rule in ((PAUSED, "NOT_PAUSED"), (FULL, "WITH_FREE_PLACES"), (UNREADY, "READY")):
        story.says(STEP, f"ONLY_{rule}", mentors[number].id not in ids, f"{mentors[number].name} is not among them")
    expected = {m.id for n, m in mentors.items() if n not in {PAUSED, FULL, UNREADY}} | {story.astrid.id}
    story.says(STEP, "ALL_OTHERS_FOUND", set(ids) == expected, f"{len(ids)} of {len(expected)} mentors")
    told = all(card["freePlaces"] > 0 and card["lastActiveBand"] and _sums(card["fit"]) for card in found)
    story.says(STEP, "CARDS", told, "each with freePlaces, lastActiveBand, and a fit whose parts sum to its points")
    near = sum(card["distanceKm"] is not None and card["introduction"]["published"] for card in found)
    detail = f"{near} with names, places and kilometres: profiles, matching and geo in one query"
    story.says(STEP, "ONE_QUERY", near >= len(found) - 1, detail)
    await _pages_agree(story, ids)
    await _filters_hold(story, found)


async def all_mentors(story: Story, viewer: Player, *, first: int, filter: Any = None, round: str = "") -> list[Card]:
    """Every page of the search, from the beginning to the end."""
    found: list[Card] = []
    after, more = None, True
    while more:
        asked = {"id": round or story.round, "filter": filter, "first": first, "after": after}
        page = (await viewer.ask(MENTORS, **asked))["node"]["mentors"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


async def _lives_in_uppsala(ebba: Player) -> None:
    place = (await ebba.ask(PLACES, name="Uppsala"))["places"][0]["id"]
    spoken = [{"language": "sv", "level": "C2"}, {"language": "en", "level": "C1"}]
    await ebba.does("describeProfile", fields=["0613"], languages=spoken, country="SE", place=place)


async def _pages_agree(story: Story, ids: list[str]) -> None:
    walked = [card["person"]["id"] for card in await all_mentors(story, story.ebba, first=7)]
    story.says(STEP, "PAGING", walked == ids, "pages of 7 and pages of 20 hold the same mentors in the same order")


async def _filters_hold(story: Story, found: list[Card]) -> None:
    """What a filter brings is what its words say, and all of it."""
    for rule, (filter, fits) in FILTERS.items():
        got = [card["person"]["id"] for card in await all_mentors(story, story.ebba, first=20, filter=filter)]
        wanted = [card["person"]["id"] for card in found if fits(card["description"])]
        story.says(STEP, rule, got == wanted, f"{filter}: {len(got)} of {len(found)}")
    uppsala = (await story.ebba.ask(PLACES, name="Uppsala"))["places"][0]["id"]
    near = {"near": {"place": uppsala, "kilometres": 100}}
    got = [card["person"]["id"] for card in await all_mentors(story, story.ebba, first=20, filter=near)]
    wanted = [c["person"]["id"] for c in found if c["distanceKm"] is not None and c["distanceKm"] <= 100]  # noqa: PLR2004
    story.says(STEP, "FILTER_PLACE", got == wanted, f"within 100 km of Uppsala: {len(got)} of {len(found)}")


def _in_field(code: str) -> bool:
    return code.startswith("06") or code == "0713"


def _sums(fit: dict[str, Any]) -> bool:
    return bool(fit["points"] == sum(part["points"] for part in fit["parts"]))
