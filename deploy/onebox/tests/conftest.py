"""A platform in containers without its containers: the two servers, the secrets, and an environment that tells of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commons_onebox.home import SERVICES
from commons_onebox.installation import Secrets
from commons_onebox.keys import keep
from commons_onebox.testing import start_nats, start_postgres


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """The secrets of a platform whose two servers run, and the deploy step told where they are."""
    tmp_path.chmod(0o755)
    secrets = Secrets(tmp_path / "secrets", development=False)
    postgres, nats = start_postgres(tmp_path), start_nats(tmp_path, users=secrets.users)
    (secrets.root / "deploy").mkdir(parents=True)
    keep(secrets.root / "deploy" / "admin_dsn", postgres.admin_dsn)
    keep(secrets.root / "deploy" / "nats_seed", nats.seeds["deploy"])
    secrets.make(postgres.admin_dsn.rpartition("@")[2].partition("/")[0])
    for name, value in {
        "ENV": "production",
        "NATS": nats.url,
        "NATS_SEED_FILE": secrets.root / "deploy" / "nats_seed",
        "ADMIN_DSN_FILE": secrets.root / "deploy" / "admin_dsn",
        **{
            f"{service}__{role}_DSN_FILE".upper(): secrets.root / "deploy" / f"{service}_{role}_dsn"
            for service in SERVICES
            for role in ("owner", "app", "engine")
        },
        "MENTORING__KEYS_DSN_FILE": secrets.root / "deploy" / "mentoring_keys_dsn",
    }.items():
        monkeypatch.setenv(f"COMMONS_{name}", str(value))
    yield secrets
    postgres.stop()
    nats.stop()
