"""The codes of conduct that the four projects begin with, for whoever seeds a platform. Later versions are theirs to write."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

from commons_contracts.codes import Conduct
from commons_contracts.community import PublishCodeOfConduct
from commons_contracts.ids import Slug


def first_codes(project: Slug) -> Iterator[PublishCodeOfConduct]:
    """What a coordinator of the project publishes first, COMMUNITY before the others; a FileNotFoundError if none is written.

    She has to accept COMMUNITY before she may publish the rest, as everyone before she may do anything.
    """
    written = tomllib.loads(files(__package__).joinpath(f"{project}.toml").read_text("utf-8"))
    for kind in Conduct:
        texts = {language: text.strip() for language, text in written[kind].items()}
        yield PublishCodeOfConduct(kind=kind, texts=texts)
