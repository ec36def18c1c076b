"""A run's results as the tables and the plots of docs/matching.md; `python -m bench_matching.pages` writes those last kept."""

from __future__ import annotations

import json
import re

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt

from .grounds import ROOT

DOCUMENT = ROOT / "docs" / "matching.md"
BEGIN, END = "<!-- the newest result -->", "<!-- end of it -->"
TARGETS = {"5k x 20k": 8, "20k x 100k": 5, "mentor-rich": 8, "100k x 500k": 4}
SMALLER = 6
PROVEN_IN = {"5k x 20k": 2, "20k x 100k": 25}
SLOWER = {"two_sided": 10_000, "mentor_match": 500}


def write(result: dict) -> None:
    draw(result)
    text = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table(result)}\n{END}", text, flags=re.DOTALL))


def newest() -> dict:
    return json.loads(max((ROOT / "bench" / "results").glob("matching-*.json")).read_text())


def table(result: dict) -> str:
    machine = result["machine"]
    head = (
        f"`bench/results/matching-{result['date']}.json`: seed {result['seed']}, {machine['processors']} cores, load "
        f"{machine['load']:.1f} before and {result['load_after']:.1f} after, Python {machine['python']}, "
        + ", ".join(f"{name} {v}" for name, v in machine["packages"].items())
    )
    return "\n\n".join([head + ".", _flows(result), _proofs(result), _peers(result), _missed(result)])


def _missed(result: dict) -> str:
    """The targets that this run did not reach, and by how much."""
    missed = []
    for row in result["flows"]:
        target = TARGETS.get(row["pool"])
        if target and row["faster"] < target:
            missed.append(f"{row['pool']} {row['faster']:.1f}x OR-Tools of {target}x")
        if target and row["smaller"] < SMALLER:
            missed.append(f"{row['pool']} {row['smaller']:.1f}x less memory of {SMALLER}x")
    missed += [
        f"{row['pool']} proven in {row['two']['all']:.1f} s of wall time of {PROVEN_IN[row['pool']]} s"
        for row in result["proofs"]
        if row["two"]["all"] > PROVEN_IN.get(row["pool"], float("inf"))
    ]
    largest = {"two_sided": ("`matching`", "lifted"), "mentor_match": ("`mentor-match`", "theirs")}
    for part, (peer, took) in largest.items():
        row = result[part][-1]
        if isinstance(row.get(took), float) and row[took] / row["ours"] < SLOWER[part]:
            missed.append(f"{peer} {row[took] / row['ours']:,.0f}x of {SLOWER[part]:,}x at its largest case here")
    return f"Targets missed in this run: {'; '.join(missed) or 'none'}."


def _flows(result: dict) -> str:
    lines = [
        "| pool | pairs | against | ours | theirs | faster (least, most) | target | memory ours, theirs | less | matched, total: ours | theirs |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in (*result["flows"], *result["dense"]):
        ours, theirs, target = row["ours"], row[row["against"]], TARGETS.get(row["pool"])
        lines.append(
            f"| {row['pool']} | {row['pairs']:,} | {row['against']} | {ours['cpu']:.3f} s | {theirs['cpu']:.3f} s "
            f"| {row['faster']:.1f}x ({row['range'][0]:.1f}, {row['range'][1]:.1f}) | {f'{target}x' if target else ''} "
            f"| {ours['megabytes']:.0f}, {theirs['megabytes']:.0f} MB | {row['smaller']:.1f}x "
            f"| {ours['size']:,}, {ours['total']:,} | {theirs['size']:,}, {theirs['total']:,} |"
        )
    return "\n".join(lines)


def _proofs(result: dict) -> str:
    lines = [
        "| proven over all allowed pairs | lists | solve | prove | one worker | two workers | gain | same pairs | matched, total | faults found by `verify` |",
        "|---|---:|---:|---:|---:|---:|---:|---|---:|---:|",
    ]
    for row in result["proofs"]:
        two = row["two"]
        checked = "not run" if row["faults"] is None else f"{row['faults']} in {row['verify']:.0f} s"
        lines.append(
            f"| {row['pool']} | {two['lists']:.2f} s | {two['solve']:.2f} s | {two['prove']:.2f} s | {row['one']['all']:.2f} s "
            f"| {two['all']:.2f} s | {row['two_workers']:.2f}x | {'yes' if row['same'] else 'NO'} "
            f"| {row['size']:,}, {row['total']:,} | {checked} |"
        )
    return "\n".join(lines)


def _peers(result: dict) -> str:
    lines = ["| peer | case | ours | theirs | slower | matched ours, theirs |", "|---|---|---:|---:|---:|---:|"]
    for row in result["two_sided"]:
        if "skipped" in row:
            lines.append(f"| `matching` | skipped: {row['skipped']} | | | | |")
            continue
        for name, how in (("plain", "as it comes"), ("lifted", "recursion limit lifted")):
            took = row[name]
            told = f"{took:.2f} s | {took / row['ours']:,.0f}x" if isinstance(took, float) else f"{took} | "
            lines.append(
                f"| `matching` | {row['mentees']} x {row['mentors']}, {how} | {row['ours']:.4f} s | {told} | {row['size']}, {'the same pairs' if row.get('same') else ''} |"
            )
    for row in result["mentor_match"]:
        if "skipped" in row:
            lines.append(f"| `mentor-match` | skipped: {row['skipped']} | | | | |")
            continue
        lines.append(
            f"| `mentor-match` | {row['people']} of its sample | {row['ours']:.4f} s | {row['theirs']:.2f} s "
            f"| {row['theirs'] / row['ours']:,.0f}x | {row['size']}, {row['their_size']} |"
        )
    return "\n".join(lines)


def draw(result: dict) -> None:
    mpl.rcParams |= {"svg.hashsalt": "commons", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
    figure, axes = plt.subplots(figsize=(6.4, 4))
    rows = [row for row in result["flows"] if row["pool"] != "mentor-rich"]
    for who, colour in (("ours", "#0b6e4f"), ("ortools", "#b0413e")):
        axes.plot([r["pairs"] for r in rows], [r[who]["cpu"] for r in rows], "o-", color=colour, label=who)
    axes.set(
        xscale="log", yscale="log", xlabel="pairs in the lists", ylabel="seconds", title="Time to the same optimum"
    )
    axes.legend(frameon=False)
    _save(figure, "time")
    figure, axes = plt.subplots(figsize=(6.4, 4))
    of = result["lengths"]
    for what, colour in (("size", "#0b6e4f"), ("total", "#3b5b92")):
        lost = [100 * (1 - row[what] / of[what]) for row in of["lists"]]
        label = "people" if what == "size" else "points"
        axes.plot([row["length"] for row in of["lists"]], lost, "o-", color=colour, label=f"{label} lost")
    axes.axhline(0, color="#888888", linewidth=0.8, label="proven round: nothing lost")
    axes.set(xlabel="length of the lists", ylabel="% of the proven round", title=f"What lists lose, {of['pool']}")
    axes.legend(frameon=False)
    _save(figure, "quality")


def _save(figure, name: str) -> None:
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / f"matching-{name}.svg", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    write(newest())
