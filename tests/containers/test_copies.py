"""A backup of the stack while it runs, and its way back: by the lines of docs/deploy.md."""

from __future__ import annotations

import os

from commons_onebox import manifest
from commons_onebox.home import SERVICES

from .stack import docker


def _saved(production, folder, *words):
    mounted = ["--user", f"{os.getuid()}:10001", "-v", f"{folder}:/backups"]
    return production.compose("run", "--rm", "-T", "--no-deps", *mounted, "repair", *words)


def test_all_databases_are_saved_and_restored(production, tmp_path):
    said = _saved(production, tmp_path, "backup", "/backups/monday")
    assert "All databases as of" in said
    found = manifest.read(tmp_path / "monday")
    assert set(found.services) == set(SERVICES)
    assert {file.name for file in manifest.read_keys(tmp_path / "monday-keys", found.backup).files} == {"authors.dump"}

    production.compose("down")
    docker("volume", "rm", f"{production.name}_postgres", f"{production.name}_streams")
    production.compose("up", "-d", "--wait", "postgres")
    assert "are on the server" in _saved(production, tmp_path, "restore", "/backups/monday")
    production.compose("up", "-d", "--wait")
    for name, dump in found.services.items():
        largest = max(dump.rows, key=dump.rows.get)
        assert production.sql(f"commons_{name}", "select count(*) from event_log") == str(dump.facts)
        assert production.sql(f"commons_{name}", f"select count(*) from {largest}") == str(dump.rows[largest])
