"""`python -m commons_onebox` is the `commons` command."""

from commons_onebox.cli import app

app(prog_name="commons")
