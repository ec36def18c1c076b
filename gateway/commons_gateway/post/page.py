"""In development: every letter that was sent, to look at. Nobody else's page may show it, and it loads nothing."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from . import sent

PLACE = "/letters"
STYLE = (
    ":root{color-scheme:light dark}body{font:1.05rem/1.5 system-ui,sans-serif;max-width:48rem;margin:0 auto;"
    "padding:1rem;color:#1b1b1f;background:#fff}h1{font-size:1.4rem;overflow-wrap:anywhere}h2{font-size:1.1rem}"
    "ol{list-style:none;padding:0}li{border-bottom:1px solid #8a8a94}li a{display:block;padding:.7rem .2rem;color:inherit;"
    "text-decoration:none}li strong{display:block;text-decoration:underline}a{color:#1f4e79}a:focus-visible,"
    "iframe:focus-visible,pre:focus-visible{outline:3px solid #b35c00;outline-offset:2px}pre{white-space:pre-wrap;"
    "overflow-wrap:anywhere;background:#f3f3f6;padding:.8rem;border-radius:.3rem}dt{font-weight:600}dd{margin:0 0 .4rem;"
    "overflow-wrap:anywhere}iframe{box-sizing:border-box;width:100%;height:32rem;border:1px solid #8a8a94;border-radius:.3rem;background:#fff}"
    "nav a{display:inline-block;padding:.5rem 1rem .5rem 0}"
    "@media(prefers-color-scheme:dark){body{background:#16161a;color:#eee}a{color:#8ab8e6}pre{background:#26262c}}"
)
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
INSIDE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""Of a letter's HTML: what it is allowed here is less than in any mail program."""
MOST = 500
LINK = re.compile(r"https?://[^\s<>\"]+")
SHOWN = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
MOMENT = "%Y-%m-%d %H:%M:%S %Z"


def routes(folder: Path) -> list[BaseRoute]:
    """What is served under /letters."""

    async def listed(_: Request) -> Response:
        """GET /letters: the newest first."""
        names = sent.names(folder)[::-1][:MOST]
        lines = "".join(_line(sent.read(folder, name)) for name in names)
        return _page("Letters", f"<ol>{lines}</ol>" if names else "<p>No letter was sent yet.</p>")

    async def letter(request: Request) -> Response:
        """GET /letters/NAME"""
        name = request.path_params["name"]
        try:
            found = sent.read(folder, name)
        except LookupError:
            return PlainTextResponse("There is no such letter.\n", 404)
        return _page(found.subject, _letter(found, sent.names(folder)))

    async def inside(request: Request) -> Response:
        """GET /letters/NAME/html: its HTML, for the frame around it."""
        try:
            found = sent.read(folder, request.path_params["name"])
        except LookupError:
            return PlainTextResponse("There is no such letter.\n", 404)
        return HTMLResponse(found.html, 200, {"Content-Security-Policy": INSIDE})

    async def file(request: Request) -> Response:
        """GET /letters/NAME/files/FILE"""
        try:
            content = sent.read(folder, request.path_params["name"]).files[request.path_params["file"]]
        except LookupError:
            return PlainTextResponse("There is no such file.\n", 404)
        return Response(content, 200, {"Content-Disposition": "attachment"}, "application/octet-stream")

    return [
        Route(PLACE, listed),
        Route(f"{PLACE}/{{name}}", letter),
        Route(f"{PLACE}/{{name}}/html", inside),
        Route(f"{PLACE}/{{name}}/files/{{file}}", file),
    ]


def _line(found: sent.Sent) -> str:
    at = found.at.strftime(MOMENT) if found.at else ""
    return (
        f'<li><a href="{PLACE}/{escape(found.name)}"><strong>{escape(found.subject)}</strong>'
        f"{escape(found.to)}<br><small>{at}</small></a></li>"
    )


def _letter(found: sent.Sent, names: list[str]) -> str:
    here = f"{PLACE}/{escape(found.name)}"
    at = names.index(found.name)
    ways = [(PLACE, "All letters")]
    ways += [(f"{PLACE}/{escape(names[at + 1])}", "Next")] if at + 1 < len(names) else []
    ways += [(f"{PLACE}/{escape(names[at - 1])}", "Before")] if at > 0 else []
    top = "".join(f'<a href="{to}">{said}</a>' for to, said in ways)
    known = [(name, value) for name, value in found.headers if name in SHOWN]
    heads = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in known)
    files = "".join(f'<dd><a href="{here}/files/{escape(name)}">{escape(name)}</a></dd>' for name in found.files)
    frame = (
        f'<h2>HTML</h2><iframe sandbox="" src="{here}/html" title="The letter as HTML"></iframe>' if found.html else ""
    )
    return (
        f"<nav>{top}</nav><dl>{heads}{f'<dt>Enclosed</dt>{files}' if files else ''}</dl>"
        f'<h2>Plain text</h2><pre tabindex="0">{_linked(found.plain)}</pre>{frame}'
    )


def _linked(text: str) -> str:
    """Escaped, its addresses as links."""
    made, end = [], 0
    for found in LINK.finditer(text):
        address = escape(found[0])
        made += [escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*made, escape(text[end:])])


def _page(title: str, body: str) -> HTMLResponse:
    text = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(text, 200, {"Content-Security-Policy": POLICY})
