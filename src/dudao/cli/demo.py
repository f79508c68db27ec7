"""`dudao demo`: the sample city on this machine, in one command."""

import os
import shutil
from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and begin anew.")
@click.pass_context
def demo(ctx: click.Context, host: str, port: int, reset: bool) -> None:
    """Set up the sample city (once) and serve it. Keeps its data apart, in <home>/demo."""
    base = Path(os.environ.get("DUDAO_HOME", "var")).resolve()
    home = base / "demo"
    if reset and home.exists():
        shutil.rmtree(home)
    # All of this must stand before settings are first read.
    os.environ["DUDAO_DEMO"] = "1"
    os.environ["DUDAO_HOME"] = str(home)
    os.environ.setdefault("DUDAO_FONTS_DIR", str(base / "fonts"))
    os.environ.setdefault("DUDAO_PUBLIC_URL", f"http://{host}:{port}")
    os.environ.pop("DATABASE_URL", None)

    import django

    django.setup()
    from dudao.cli.preparing import prepare
    from dudao.places.models import Unit
    from dudao.sample.populate import populate

    prepare(say=click.echo)
    if not Unit.objects.exists():
        populate(seed=2026, say=click.echo)
    from dudao.cli.serve import serve

    click.echo(f"open http://{host}:{port} in a browser")
    ctx.invoke(serve, host=host, port=port, workers=1, no_worker=False, migrate=False)
