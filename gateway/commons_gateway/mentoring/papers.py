"""Links to what the two of a mentorship can print or take along."""

from __future__ import annotations

from typing import Annotated

import strawberry

from commons_contracts.codes import PaperForm

from ..fields import adds, argument
from ..papers import Paper, link
from .agreements import Agreement
from .mentorships import Mentorship

Form = Annotated[PaperForm, argument("In which form.")]


@adds(Agreement)
async def paper(root: strawberry.Parent[Agreement], form: Form) -> Paper | None:
    """The version on paper, in the pair's language, as PDF or PAGE. For the two alone."""
    what = {PaperForm.PDF: "agreement-pdf", PaperForm.PAGE: "agreement-page"}.get(form)
    return await link(root.ground, what, root.view.id) if what else None


@adds(Mentorship)
async def certificate(root: strawberry.Parent[Mentorship], form: Form) -> Paper | None:
    """The viewer's own certificate of hours, as PDF or BADGE, once the mentorship is completed."""
    what = {PaperForm.PDF: "certificate-pdf", PaperForm.BADGE: "certificate-badge"}.get(form)
    return await link(root.ground, what, root.view.id) if what else None
