"""The few pages of signing in: no script, nothing from elsewhere, in the visitor's language."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

from commons_contracts.codes import Language

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:10vh auto;padding:0 1rem;color:#1b1b1f;"
    "background:#fff}h1{font-size:1.5rem}form,p{margin:1.2rem 0}label{display:block;margin-bottom:.3rem}"
    "input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #666;border-radius:.3rem}"
    "button,a.way{font:inherit;display:inline-block;margin-top:.8rem;padding:.5rem 1rem;border:0;border-radius:.3rem;"
    "background:#1f4e79;color:#fff;text-decoration:none;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{background:#16161a;color:#eee}button,a.way{background:#5b9bd5;color:#000}}"
)
HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not `no-referrer`: with it browsers say of our own forms that they come from nowhere.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@cache
def words(language: Language) -> Mapping[str, str]:
    found: Mapping[str, Mapping[str, str]] = tomllib.loads((Path(__file__).parent / "words.toml").read_text())
    return found[language]


class Page:
    """Pages in one language."""

    def __init__(self, language: Language | None) -> None:
        self._language = language or Language.EN
        self._words = words(self._language)

    def ways(self, providers: Sequence[tuple[str, str]], *, mail: bool, back: str, note: str = "") -> HTMLResponse:
        """How one may sign in; `providers`: address and name of each."""
        parts = [self._note(note)]
        parts += [
            f'<p><a class="way" href="{escape(to)}">{self._said("with_provider", provider=name)}</a></p>'
            for to, name in providers
        ]
        if mail:
            about = f"<p>{self._said('by_mail')}</p>" if providers else ""
            fields = self._address() + _hidden("to", back)
            parts.append(about + self._form("/auth/mail", fields, "send"))
        return self._page("".join(parts), 400 if note else 200)

    def enter(self, token: str, *, ask_address: bool, note: str = "", status: int = 200) -> HTMLResponse:
        """The button behind a letter's link: a link alone signs nobody in, because programs open links, too."""
        about = self._said("elsewhere" if ask_address else "open_here")
        fields = _hidden("token", token) + (self._address() if ask_address else "")
        return self._page(self._note(note) + f"<p>{about}</p>" + self._form("/auth/link", fields, "enter"), status)

    def says(self, name: str, status: int, **headers: str) -> HTMLResponse:
        """A sentence, and the way back to the beginning."""
        back = "" if name == "sent" else f'<p><a href="/auth/login">{self._said("again")}</a></p>'
        reply = self._page(f'<p role="status">{self._said(name)}</p>{back}', status)
        reply.headers.update(headers)
        return reply

    def _address(self) -> str:
        return (
            f'<label for="address">{self._said("address")}</label><input id="address" name="address" type="email"'
            ' autocomplete="email" required maxlength="254">'
        )

    def _form(self, action: str, fields: str, button: str) -> str:
        return f'<form method="post" action="{action}">{fields}<button>{self._said(button)}</button></form>'

    def _note(self, name: str) -> str:
        return f'<p role="alert">{self._said(name)}</p>' if name else ""

    def _said(self, name: str, **more: str) -> str:
        return escape(self._words[name].format(**more))

    def _page(self, body: str, status: int) -> HTMLResponse:
        title = self._said("title")
        text = (
            f'<!doctype html><html lang="{self._language}"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
            f"<body><main><h1>{title}</h1>{body}</main></body></html>"
        )
        return HTMLResponse(text, status, HEADERS)


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'
