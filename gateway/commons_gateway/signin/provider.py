"""To a partner's provider and back: the authorization code flow with PKCE."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.auth import ClientAuth  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from commons_chassis.clock import real_now
from commons_contracts.ids import PersonId, person_of
from commons_contracts.profiles import Affiliation

from ..identity import Identity
from ..identity.affiliation import affiliations
from ..identity.asking import NoAnswer
from ..identity.issuers import Issuer
from ..identity.keys import Keys
from ..identity.tokens import Disbelieved, Token
from .sealed import Leaving

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class NotSignedIn(Exception):
    """The provider did not vouch for anybody, or not in a way that we believe."""


@dataclass(frozen=True)
class Vouched:
    """Whom a provider has vouched for."""

    person: PersonId
    issuer: Issuer
    affiliations: tuple[Affiliation, ...] | None


class Provider:
    """One of them, as its client."""

    def __init__(self, issuer: Issuer, identity: Identity, redirect_uri: str) -> None:
        if issuer.browser is None:
            raise LookupError(issuer.name)
        self._issuer, self._client = issuer, issuer.browser
        self._identity, self._redirect_uri = identity, redirect_uri

    @property
    def _keys(self) -> Keys:
        return self._identity.keys[self._issuer.issuer]

    async def entrance(self, leaving: Leaving) -> str:
        """The address to send her to. Raises NoAnswer where the provider is away."""
        endpoints = await self._keys.endpoints()
        address: str = prepare_grant_uri(
            endpoints["authorization_endpoint"],
            self._client.client_id,
            "code",
            redirect_uri=self._redirect_uri,
            scope=" ".join(self._client.scopes),
            state=leaving.state,
            nonce=leaving.nonce,
            code_challenge=create_s256_code_challenge(leaving.verifier),
            code_challenge_method="S256",
        )
        return address

    async def vouched(self, said: Mapping[str, str], leaving: Leaving) -> Vouched:
        """Whom it vouches for in what she brought back. Raises NotSignedIn, or NoAnswer where the provider is away."""
        endpoints = await self._keys.endpoints()
        self._check_return(said, leaving, endpoints)
        answer = await self._exchanged(said["code"], leaving, endpoints["token_endpoint"])
        try:
            claims = await self._believed(str(answer.get("id_token")), leaving)
        except Disbelieved as wrong:
            raise NotSignedIn from wrong
        told = claims
        if self._client.userinfo:
            told = await self._userinfo(endpoints["userinfo_endpoint"], str(answer.get("access_token")), claims["sub"])
        person = person_of(self._issuer.issuer, claims["sub"])
        return Vouched(person, self._issuer, affiliations(told, self._issuer.affiliations))

    def _check_return(self, said: Mapping[str, str], leaving: Leaving, endpoints: Mapping[str, Any]) -> None:
        """That it is the answer to our question, and this provider's (RFC 9207)."""
        theirs = said.get("iss")
        must_say = endpoints.get("authorization_response_iss_parameter_supported") is True
        if theirs != self._issuer.issuer and (theirs is not None or must_say):
            raise NotSignedIn
        if not hmac.compare_digest(said.get("state", "").encode(), leaving.state.encode()) or not said.get("code"):
            raise NotSignedIn

    async def _exchanged(self, code: str, leaving: Leaving, address: str) -> Mapping[str, Any]:
        body = prepare_token_request(
            "authorization_code", redirect_uri=self._redirect_uri, code=code, code_verifier=leaving.verifier
        )
        method = self._client.auth_method if self._client.client_secret_file else "none"
        auth = ClientAuth(self._client.client_id, self._issuer.client_secret, method)
        address, headers, body = auth.prepare("POST", address, dict(FORM), body)
        try:
            return await self._keys.line.ask(address, body=body, headers=headers)
        except NoAnswer as no:
            raise NotSignedIn from no

    async def _believed(self, text: str, leaving: Leaving) -> Mapping[str, Any]:
        """The ID token's claims, once all of it is as it should be: an access token is none."""
        token = Token.read(text)
        token.check_header({"jwt"})
        if token.issuer != self._issuer.issuer:
            raise Disbelieved("issuer")
        await self._identity.check_signature(self._issuer, token)
        token.check_claims(self._issuer.issuer, self._client.client_id, real_now().timestamp())
        nonce = token.claims.get("nonce")
        if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode(), leaving.nonce.encode()):
            raise Disbelieved("nonce")
        if token.claims.get("azp", self._client.client_id) != self._client.client_id:
            raise Disbelieved("azp")
        return token.claims

    async def _userinfo(self, address: str, access_token: str, subject: str) -> Mapping[str, Any]:
        try:
            said = await self._keys.line.ask(address, headers={"Authorization": f"Bearer {access_token}"})
        except NoAnswer as no:
            raise NotSignedIn from no
        if said.get("sub") != subject:
            raise NotSignedIn
        return said
