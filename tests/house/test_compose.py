"""The compose files keep what they promise, as far as that can be read in them: no Docker engine is asked."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from commons_chassis.run import DRAIN_SECONDS
from commons_chassis.settings import ServiceSettings
from commons_gateway.rates import Rates
from commons_gateway.settings import GatewaySettings
from commons_mentoring.documents.badge import BadgeSettings
from commons_onebox import boxed
from commons_onebox.installation import DeploySettings
from commons_profiles.post.settings import PostSettings

from .conftest import ROOT, SERVICES

FILES = ("docker-compose.yml", "docker-compose.dev.yml")
BIN = Path(sys.executable).parent
BASE = "python:3.13-slim"
JOBS = {"secrets", "deploy", "repair"}


@pytest.fixture(scope="module")
def stack():
    return yaml.safe_load((ROOT / FILES[0]).read_text())


@pytest.fixture(scope="module")
def lasting(stack):
    return {name: told for name, told in stack["services"].items() if name not in JOBS}


def test_the_dockerfile_pleases_its_linter():
    done = subprocess.run([BIN / "hadolint", ROOT / "deploy/Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_files_are_what_the_specification_of_compose_allows():
    ask = [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", *(ROOT / file for file in FILES)]
    done = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("files", [FILES[:1], FILES], ids=["production", "development"])
def test_compose_itself_reads_them(files):
    program = shutil.which("docker-compose") or shutil.which("docker")
    compose = [program, *(["compose"] if program and program.endswith("docker") else [])]
    if program is None or subprocess.run([*compose, "version"], capture_output=True, check=False).returncode:
        pytest.skip("Compose is not installed")
    words = [word for file in files for word in ("-f", str(ROOT / file))]
    done = subprocess.run([*compose, *words, "config", "--quiet"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_only_the_gateway_opens_a_port_and_only_who_must_is_near_the_databases(stack):
    told = stack["services"]
    assert [name for name in told if "ports" in told[name]] == ["gateway"]
    near = {name for name in told if "database" in told[name].get("networks", ())}
    assert near == {*SERVICES, "postgres", "deploy", "repair"}
    assert stack["networks"]["database"] == stack["networks"]["broker"] == {"internal": True}
    outside = {name for name in told if {"front", "outside"} & set(told[name].get("networks", ()))}
    assert outside == {"gateway", "profiles"}


def test_every_container_is_hardened_and_bounded(stack):
    for name, told in stack["services"].items():
        assert told["read_only"], name
        assert told["cap_drop"] == ["ALL"], name
        assert told["security_opt"] == ["no-new-privileges:true"], name
        assert {"memory", "pids"} <= told["deploy"]["resources"]["limits"].keys(), name
        assert not {"privileged", "cap_add", "env_file"} & told.keys(), name


def test_who_stays_comes_back_and_has_time_to_end(lasting):
    for name, told in lasting.items():
        assert told["restart"] == "unless-stopped", name
        assert int(told["stop_grace_period"].removesuffix("s")) > DRAIN_SECONDS, name


def test_services_wait_for_the_deploy_job_and_it_for_the_servers(stack):
    told = stack["services"]
    for name in (*SERVICES, "gateway"):
        assert told[name]["depends_on"]["deploy"] == {"condition": "service_completed_successfully"}, name
    assert told["deploy"]["depends_on"].keys() == {"nats", "postgres"}


def test_a_container_is_lent_its_own_secrets_alone(stack):
    lent = {}
    for name, told in stack["services"].items():
        volumes = [volume for volume in told.get("volumes", ()) if isinstance(volume, dict)]
        lent[name] = [(volume["volume"]["subpath"], volume["read_only"]) for volume in volumes]
    own = {name: [(name, True)] for name in (*SERVICES, "gateway", "postgres", "deploy")}
    repair = [("deploy", True), ("operator", True)]
    assert lent == own | {"nats": [("broker", True)], "secrets": [], "repair": repair}


def test_what_they_are_told_are_settings_that_there_are(stack):
    known = {f"COMMONS_{field}".upper() for field in GatewaySettings.model_fields}
    known |= {f"COMMONS_{field}".upper() for field in DeploySettings.model_fields}
    known |= {f"COMMONS_RATES__{field}".upper() for field in Rates.model_fields}
    for name in SERVICES:
        known |= {f"COMMONS_{name}__{field}".upper() for field in ServiceSettings.model_fields}
    known |= {f"COMMONS_PROFILES__{field}".upper() for field in PostSettings.model_fields}
    known |= {f"COMMONS_MENTORING__{field}".upper() for field in BadgeSettings.model_fields}
    told = {word for each in stack["services"].values() for word in each.get("environment", ())}
    unknown = {word for word in told if word.startswith("COMMONS_")} - known
    assert {word for word in unknown if word.removesuffix("_FILE") not in known} == set()


def test_tests_run_on_the_images_that_partners_run(stack):
    told = stack["services"]
    assert (told["postgres"]["image"], told["nats"]["image"]) == (boxed.POSTGRES_IMAGE, boxed.NATS_IMAGE)
    assert set(re.findall(r"^FROM (\S+:\S+)", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)) == {BASE}


def test_the_broker_writes_before_it_acknowledges():
    assert re.search(r"^\s*sync_interval: always$", (ROOT / "deploy/compose/nats.conf").read_text(), re.MULTILINE)
