"""A token says who and for which project, and is refused in a sentence where it cannot."""

from pathlib import Path

import pytest
from joserfc import jwt

from commons_contracts.codes import Role
from commons_gateway import devtoken
from commons_onebox.tokens import NoSuchRole, issue, subject


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "issuer.json"
    devtoken.make_key(path)
    return path


def _claims(key: Path, token: str) -> dict[str, object]:
    return jwt.decode(token, devtoken.public_key(key), algorithms=[devtoken.ALGORITHM]).claims


def test_a_role_in_a_project(key: Path) -> None:
    claims = _claims(key, issue(key, "mentee@women-stem-up"))
    assert claims["sub"] == subject(Role.MENTEE, "women-stem-up") == "mentee@women-stem-up"
    assert claims["project"] == "women-stem-up"
    assert "operator" not in claims


def test_who_runs_the_platform(key: Path) -> None:
    claims = _claims(key, issue(key, "OPERATOR@westem"))
    assert (claims["sub"], claims["operator"]) == ("operator", True)


@pytest.mark.parametrize("who", ["MENTEE", "MENTEE@", "@westem", "MENTEE@We Stem", "MENTEE@westem@nord"])
def test_another_form_is_refused(key: Path, who: str) -> None:
    with pytest.raises(NoSuchRole, match="not of the form ROLE@PROJECT"):
        issue(key, who)


def test_an_unknown_role_is_refused_with_those_there_are(key: Path) -> None:
    with pytest.raises(NoSuchRole, match=r"no role 'BOSS'; there are MENTEE, MENTOR, .*OPERATOR"):
        issue(key, "BOSS@westem")
