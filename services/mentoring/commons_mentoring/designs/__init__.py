"""The designs that are shipped: a folder each, its rules in one file and its texts in one file a language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from commons_contracts.base import Refusal
from commons_contracts.codes import RefusalCode
from commons_contracts.mentoring import ProgrammeRules, ProgrammeTexts

from ..rules.design import Design

RULES = "rules"


def shipped() -> tuple[str, ...]:
    """The names of all designs, in the order of the alphabet."""
    return tuple(sorted(folder.name for folder in files(__name__).iterdir() if (folder / f"{RULES}.toml").is_file()))


def load(name: str) -> Design:
    """One design as the platform and people read it; NOT_FOUND where none has that name."""
    if name not in shipped():
        raise Refusal(RefusalCode.NOT_FOUND)
    pages = {
        page.name.removesuffix(".toml"): tomllib.loads(page.read_text("utf-8"))
        for page in sorted((files(__name__) / name).iterdir(), key=lambda page: page.name)
    }
    rules = ProgrammeRules.model_validate(pages.pop(RULES))
    return Design(rules=rules, texts=ProgrammeTexts.model_validate(_by_language(pages)))


def _by_language(pages: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Translators write a language at a time; a design holds each text in all its languages."""
    whole: dict[str, Any] = {}
    for language, page in pages.items():
        for part, content in page.items():
            if isinstance(content, str):
                whole.setdefault(part, {})[language] = content
            elif part == "questions":
                _add_questions(whole.setdefault(part, {}), content, language)
            else:
                for key, wording in content.items():
                    whole.setdefault(part, {}).setdefault(key, {})[language] = wording
    return whole


def _add_questions(sets: dict[str, Any], content: Mapping[str, Mapping[str, str]], language: str) -> None:
    for name, questions in content.items():
        asked = {question["key"]: question for question in sets.setdefault(name, [])}
        for key, wording in questions.items():
            if key not in asked:
                asked[key] = {"key": key, "wording": {}}
                sets[name].append(asked[key])
            asked[key]["wording"][language] = wording
