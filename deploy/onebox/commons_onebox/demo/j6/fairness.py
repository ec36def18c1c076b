"""J6.8: match rates by declared group, none of fewer than five; and two runs side by side."""

from __future__ import annotations

from commons_contracts.codes import RefusalCode

from .story import Story

RATES = """query ($id: ID!) { node(id: $id) { ... on MatchRun { fairness(by: COUNTRY) {
  group people matched noMentor noPlace othersPreferred suppressed } } } }"""
RATE = """query ($id: ID!, $group: String!) { node(id: $id) { ... on MatchRun {
  matchRate(by: COUNTRY, group: $group) { people } } } }"""
COMPARED = """query ($id: ID!, $other: ID!) { node(id: $id) { ... on MatchRun { matched total comparedWith(run: $other) {
  same different onlyOne onlyOther one { matched total } other { matched total below } } } } }"""


async def fair_to_whom(story: Story) -> None:
    step = "J6.8"
    rows = (await story.coordinator.ask(RATES, id=story.tried))["node"]["fairness"]
    by = {row["group"]: row for row in rows}
    swedes = by["SE"]
    causes = swedes["noMentor"] + swedes["noPlace"] + swedes["othersPreferred"]
    held = swedes["people"] == swedes["matched"] + causes and swedes["noPlace"] > 0
    story.says(step, "RATES", held, f"{swedes['matched']} of {swedes['people']} in Sweden, and why not the others")
    small = [by[group] for group in ("GR", "NO")]
    held = all(row["suppressed"] and row["people"] is None and row["matched"] is None for row in small)
    story.says(step, "SUPPRESSED", held, "two groups of fewer than five: no numbers of either, nor to be subtracted")
    answer = await story.coordinator.raw(RATE, id=story.tried, group="NO")
    codes = [error["extensions"].get("refusal", {}).get("code") for error in answer.get("errors") or ()]
    held = codes == [RefusalCode.COHORT_TOO_SMALL] and answer["data"]["node"]["matchRate"] is None
    story.says(step, RefusalCode.COHORT_TOO_SMALL, held, "asked for alone, a small group is refused")
    other = await story.computed(
        await story.starts(dryRun=True, seed=6, weights=[{"criterion": "FIELD", "points": 10_000}], bands=[9000])
    )
    seen = (await story.coordinator.ask(COMPARED, id=story.tried, other=other["id"]))["node"]
    told = seen["comparedWith"]
    pairs = told["same"] + told["different"] + told["onlyOne"]
    held = pairs == seen["matched"] == told["one"]["matched"] and told["other"]["total"] != told["one"]["total"]
    story.says(step, "COMPARED", held, f"other weights: {told['same']} pairs the same, {told['different']} others")
