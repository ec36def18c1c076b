"""Registering organisations."""

from __future__ import annotations

from commons_chassis.service import answers
from commons_chassis.tx import Tx
from commons_contracts.profiles import BatchView, RegisterOrganisations

from ..rules.organisation import Organisation, organisation_of, register_organisation


@answers
async def register_organisations(cmd: RegisterOrganisations, tx: Tx) -> BatchView:
    """One that is registered already stays as it is."""
    entries = {organisation_of(entry): entry for entry in cmd.items}
    there = await tx.load_many(Organisation, list(entries))
    for id, entry in entries.items():
        if id not in there:
            organisation, registered = register_organisation(entry, at=tx.now)
            tx.add(organisation)
            await tx.emit(registered)
    return BatchView(count=len(cmd.items))
