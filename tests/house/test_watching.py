"""Rules, dashboards and the runbook agree with each other; what they name in a live platform is looked for by the journeys."""

from __future__ import annotations

import copy
import json
import re
import runpy
import shutil
import subprocess

import pytest
import yaml

from .conftest import ROOT

FOLDER = ROOT / "deploy" / "observability"
RULES = yaml.safe_load((FOLDER / "rules.yml").read_text())
ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: prometheus)")


def _promtool(*arguments, cwd=FOLDER):
    return subprocess.run([PROMTOOL, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


@needs_promtool
def test_prometheus_reads_the_rules_and_its_own_settings():
    done = _promtool("check", "config", "prometheus.yml")
    assert (done.returncode, f"{len(ALERTS)} rules found" in done.stdout) == (0, True), done.stdout + done.stderr


@needs_promtool
def test_each_alert_speaks_when_it_should_and_not_before():
    done = _promtool("test", "rules", "rules_test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
@pytest.mark.parametrize("name", [alert["alert"] for alert in ALERTS])
@pytest.mark.parametrize("expression", ["vector(0) > 1", "vector(1)"], ids=["silent", "always"])
def test_an_alert_that_is_wrong_is_noticed(tmp_path, name, expression):
    changed = copy.deepcopy(RULES)
    alert = next(rule for group in changed["groups"] for rule in group["rules"] if rule["alert"] == name)
    alert |= {"expr": expression, "for": "0s"}
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(changed))
    cases = yaml.safe_load((FOLDER / "rules_test.yml").read_text())
    cases["tests"] = [case for case in cases["tests"] if name in json.dumps(case)]
    (tmp_path / "rules_test.yml").write_text(yaml.safe_dump(cases))
    assert _promtool("test", "rules", "rules_test.yml", cwd=tmp_path).returncode == 1


def test_each_alert_says_how_urgent_it_is_and_has_a_page_in_the_runbook():
    headings = re.findall(r"^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    for alert in ALERTS:
        name = alert["alert"]
        assert alert["labels"]["severity"] in {"page", "ticket"}
        assert alert["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"
        assert alert["annotations"]["summary"]
    assert headings == [alert["alert"] for alert in ALERTS]


def test_the_dashboards_are_as_the_program_writes_them():
    written = runpy.run_path(str(FOLDER / "dashboards.py"))["written"]()
    assert {file.name: file.read_text() for file in (FOLDER / "dashboards").iterdir()} == written


@pytest.mark.parametrize("file", sorted((FOLDER / "dashboards").iterdir()), ids=lambda file: file.stem)
def test_a_dashboard_is_what_grafana_takes(file):
    """What Grafana's loader insists on: names, a place of its own for each panel, a source that is chosen there."""
    board = json.loads(file.read_text())
    assert re.fullmatch(r"[a-z-]{1,40}", board["uid"])
    assert (board["title"].startswith("STEM Commons: "), board["schemaVersion"] >= 36) == (True, True)
    assert [variable["type"] for variable in board["templating"]["list"]] == ["datasource"]
    ids, places = [panel["id"] for panel in board["panels"]], set()
    assert len(set(ids)) == len(ids)
    for panel in board["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & places
        assert at["x"] + at["w"] <= 24
        places |= cells
        assert panel["type"] in {"timeseries", "stat"}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {"${source}"}


@needs_promtool
def test_each_panel_asks_in_promql(tmp_path):
    boards = [json.loads(file.read_text()) for file in (FOLDER / "dashboards").iterdir()]
    asked = [target["expr"] for board in boards for panel in board["panels"] for target in panel["targets"]]
    rules = [{"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(asked)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = _promtool("check", "rules", "panels.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
