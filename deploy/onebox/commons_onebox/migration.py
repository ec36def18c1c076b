"""Write a service's next migration against a PostgreSQL that lives as long as that takes."""

import tempfile
from importlib import import_module
from pathlib import Path

from commons_chassis import deploy, migrate
from commons_onebox.testing import start_postgres


def write(service: str, text: str) -> Path:
    """The file that was written; read it before you commit it."""
    with tempfile.TemporaryDirectory() as folder:
        passwords = dict.fromkeys(deploy.ROLES, "for-a-moment")
        postgres = start_postgres(Path(folder))
        try:
            deploy.provision(postgres.admin_dsn, service, passwords)
            owner = postgres.dsn(f"{service}_owner", passwords["owner"], f"commons_{service}")
            return migrate.revise(import_module(f"commons_{service}.app").service, owner, text)
        finally:
            postgres.stop()
