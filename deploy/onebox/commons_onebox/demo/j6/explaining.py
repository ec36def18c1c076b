"""J6.3 to J6.5: why these two, why not those, and what would have helped whoever is left."""

from __future__ import annotations

from typing import Any

from commons_contracts.codes import RefusalCode

from .story import LEFT, Story

PAGE = """query ($id: ID!, $after: String) { node(id: $id) { ... on MatchRun { proposals(first: 3, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } nodes { score mentor { id } mentee { id }
  explanation { criterion weight contribution skipped evidence because } } } } } }"""
UNMATCHED = """query ($id: ID!) { node(id: $id) { ... on MatchRun { unmatched(first: 100) { nodes {
  mentee { id } reason change mentors language because help } } } } }"""
WHY_NOT = """query ($id: ID!, $mentor: ID!, $mentee: ID!) { node(id: $id) { ... on MatchRun {
  whyNot(mentor: $mentor, mentee: $mentee) { why rule because instead { mentee { id } mentor { id } } } } } }"""
WORDS = {"sv": "poäng", "nb": "poeng", "en": "points"}


async def every_pair_has_its_reasons(story: Story) -> None:
    step = "J6.4"
    found = await _all_pages(story)
    sums = [sum(part["contribution"] for part in one["explanation"]) == one["score"] for one in found]
    story.says(step, "SUMS", all(sums) and len(sums) > 1, f"of {len(sums)} pairs the contributions sum to the score")
    whole = {sum(part["weight"] for part in one["explanation"]) for one in found}
    story.says(step, "WEIGHTS", whole == {10_000}, "what counts always comes to 10,000; what is skipped takes no share")
    shown = {code for one in found for part in one["explanation"] for code in part["evidence"]}
    quiet = shown <= {"0714", "0613", "071", "06", "07", "061", "sv", "Swedish", "BACHELOR"}
    story.says(step, "EVIDENCE", quiet, f"only what stands on both cards: {', '.join(sorted(shown))}")
    spoken = [await _spoken(story, language) for language in WORDS]
    held = all(word in text for word, text in zip(WORDS.values(), spoken, strict=True))
    story.says(step, "IN_HER_LANGUAGE", held, "a sentence for each criterion, in Swedish, Norwegian and English")
    await _why_not(story)


async def _all_pages(story: Story) -> list[dict[str, Any]]:
    found, after = [], None
    while True:
        page = (await story.coordinator.ask(PAGE, id=story.tried, after=after))["node"]["proposals"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found if len(found) == page["totalCount"] else []
        after = page["pageInfo"]["endCursor"]


async def _spoken(story: Story, language: str) -> str:
    page = await story.coordinator.speaking(language).ask(PAGE, id=story.tried)
    (first, *_) = page["node"]["proposals"]["nodes"]
    return " ".join(part["because"] for part in first["explanation"])


async def _why_not(story: Story) -> None:
    step, (mentor, *_), greek = "J6.4", story.mentors, story.mentors[-1]
    language = await _asked(story, mentor.id, story.left["NO_COMMON_LANGUAGE"].id)
    story.says(step, RefusalCode.LANGUAGE_MISMATCH, language["rule"] == "LANGUAGE_MISMATCH", "no language in common")
    meeting = await _asked(story, mentor.id, story.left["NO_MODALITY_OVERLAP"].id)
    story.says(step, RefusalCode.MODALITY_MISMATCH, meeting["rule"] == "MODALITY_MISMATCH", "online and face to face")
    block = await _asked(story, greek.id, story.left["ALL_BLOCKED"].id)
    held = block["rule"] == "MENTOR_UNAVAILABLE" and "block" not in str(block).lower()
    story.says(step, RefusalCode.MENTOR_UNAVAILABLE, held, "a block looks like a mentor who is not there")
    proposed = {one["mentee"]["id"]: one["mentor"]["id"] for one in await _all_pages(story)}
    left = next(mentee for mentee in story.mentees if mentee.id not in proposed)
    full = await _asked(story, mentor.id, left.id)
    used = {one["mentor"]["id"] for one in full["instead"]}
    held = full["why"] == "CAPACITY" and used == {mentor.id}
    story.says(step, "CAPACITY_USED", held, "the pairs that have the mentor's places are shown")


async def _asked(story: Story, mentor: str, mentee: str) -> dict[str, Any]:
    asked = {"id": story.tried, "mentor": mentor, "mentee": mentee}
    found: dict[str, Any] = (await story.coordinator.ask(WHY_NOT, **asked))["node"]["whyNot"]
    return found


async def everyone_left_hears_why(story: Story) -> None:
    step = "J6.5"
    found = (await story.coordinator.ask(UNMATCHED, id=story.tried))["node"]["unmatched"]["nodes"]
    told = {one["mentee"]["id"]: one for one in found}
    for reason in LEFT:
        one = told.get(story.left[reason].id, {})
        story.says(step, reason, one.get("reason") == reason and bool(one.get("because")), str(one.get("because")))
    short = [told[mentee.id] for mentee in story.mentees if mentee.id in told]
    held = bool(short) and {one["reason"] for one in short} == {"CAPACITY_EXHAUSTED"}
    story.says(step, "CAPACITY_EXHAUSTED", held, f"{len(short)} more could have been matched than there are places")
    changes = {reason: told.get(story.left[reason].id, {}).get("change") for reason in LEFT}
    wanted = {
        "NO_COMMON_LANGUAGE": "LANGUAGE",
        "NOT_ACKNOWLEDGED": "ACKNOWLEDGE",
        "PROFILE_INCOMPLETE": "COMPLETE_PROFILE",
    }
    helped = {reason: changes[reason] for reason in wanted} == wanted
    tongue = told.get(story.left["NO_COMMON_LANGUAGE"].id, {})
    held = helped and (tongue["language"], tongue["mentors"]) == ("el", 1) and "Greek" in tongue["help"]
    story.says(step, "SMALLEST_CHANGE", held, str(tongue.get("help")))
