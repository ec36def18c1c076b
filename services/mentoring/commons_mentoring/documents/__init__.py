"""Papers: agreements and certificates as tagged PDF, as a page to read and print, and as a signed badge."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

LANGUAGES = ("sv", "nb", "en")
STANDARD: Final = "ua-1"
"""PDF/UA: every heading, list and table is known as such to who listens to it."""


@cache
def words(language: str | None) -> Mapping[str, str]:
    """The fixed words of papers, in this language where there are any, else in English."""
    known = language if language in LANGUAGES else "en"
    return tomllib.loads(files(__name__).joinpath("words", f"{known}.toml").read_text("utf-8"))


def day(at: date | datetime, language: str) -> str:
    from babel.dates import format_date

    return format_date(at, "long", locale=language)


def pdf(name: str, content: Mapping[str, Any]) -> bytes:
    """The template `name` as a tagged PDF; the same content gives the same bytes. Takes some 50 ms of a processor.

    What people wrote reaches the template as data and is never read as markup.
    """
    import typst

    made: bytes = typst.compile(
        files(__name__).joinpath(f"{name}.typ").read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        pdf_standards=[STANDARD],
        timestamp=0,
    )
    return made


def page(name: str, content: Mapping[str, Any]) -> str:
    """The template `name` as an HTML page without script, with its styles in it; what people wrote is escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    reading = Environment(
        loader=PackageLoader(__name__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return reading.get_template(f"{name}.html").render(content)
