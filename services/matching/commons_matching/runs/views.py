"""How runs, proposals and wishes are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from commons_contracts.matching import (
    CircleView,
    Contribution,
    FairnessRow,
    PairWishView,
    ProposalView,
    RunSettings,
    RunView,
    ShortageView,
    UnmatchedView,
)

Row = Mapping[Any, Any]
REPORTED = ("blocking_pairs", "most_people")
RUN = tuple(name for name in RunView.model_fields if name not in {"settings", "shortage", "repeatable", *REPORTED})


def run_view(row: Row) -> RunView:
    short = row["report"].get("shortage", ())
    return RunView(
        **{name: row[name] for name in RUN},
        settings=RunSettings.model_validate(row["settings"]),
        shortage=tuple(ShortageView.model_validate(each) for each in short),
        **{name: row["report"].get(name) for name in REPORTED},
        repeatable=row["kept"] and row["result_hash"] is not None,
    )


def proposal_view(row: Row) -> ProposalView:
    shown = {name: row[name] for name in ProposalView.model_fields if name in row}
    return ProposalView(**shown, contributions=tuple(Contribution.model_validate(part) for part in row["parts"]))


def circle_view(row: Row) -> CircleView:
    """`members`: rows of proposals as JSON has them, the best fit first."""
    shown = {name: row[name] for name in CircleView.model_fields if name != "members"}
    return CircleView(**shown, members=tuple(map(proposal_view, row["members"])))


def unmatched_view(row: Row) -> UnmatchedView:
    return UnmatchedView(**{name: row[name] for name in UnmatchedView.model_fields})


def wish_view(row: Row) -> PairWishView:
    return PairWishView(**{name: row[name] for name in PairWishView.model_fields})


def fairness_rows(report: Mapping[str, Any]) -> tuple[FairnessRow, ...]:
    return tuple(FairnessRow.model_validate(row) for row in report.get("fairness", ()))
