"""Tokens for trying the platform: one person for each role of each project, named after what she is."""

import re
from pathlib import Path

from commons_contracts.codes import Role
from commons_gateway import devtoken

OPERATOR = "OPERATOR"
WANTED = re.compile(r"(?P<role>[A-Za-z_]+)@(?P<project>[a-z0-9]+(-[a-z0-9]+)*)")


class NoSuchRole(Exception):
    """What stands before or after the @ is not what it should be; the text is a sentence."""


def subject(role: Role, project: str) -> str:
    """Who has this role in this project, as the development issuer calls her."""
    return f"{role.value.lower()}@{project}"


def issue(key: Path, who: str, *, hours: float = 12) -> str:
    """A token for `ROLE@PROJECT`, where ROLE may also be OPERATOR: who runs the platform itself."""
    found = WANTED.fullmatch(who)
    if found is None:
        raise NoSuchRole(f"{who!r} is not of the form ROLE@PROJECT, for example MENTEE@westem.")
    role, project = found["role"].upper(), found["project"]
    if role == OPERATOR:
        return devtoken.issue(key, OPERATOR.lower(), project=project, operator=True, hours=hours)
    if role not in Role.__members__:
        raise NoSuchRole(f"There is no role {found['role']!r}; there are {', '.join([*Role.__members__, OPERATOR])}.")
    return devtoken.issue(key, subject(Role[role], project), project=project, hours=hours)
