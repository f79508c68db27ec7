"""`dudao demo`: the sample city on this machine, in one command."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and begin anew.")
def demo(host: str, port: int, reset: bool) -> None:
    """Set up the sample city (once) and serve it. Keeps its data apart, in <home>/demo."""
    base = Path(os.environ.get("DUDAO_HOME", "var")).resolve()
    # All of this must stand before settings are first read.
    os.environ["DUDAO_DEMO"] = "1"
    os.environ["DUDAO_HOME"] = str(base / "demo")
    os.environ.setdefault("DUDAO_FONTS_DIR", str(base / "fonts"))
    os.environ.setdefault("DUDAO_PUBLIC_URL", f"http://{host}:{port}")
    os.environ.pop("DATABASE_URL", None)
    with _alone(base):
        _fill(base, reset=reset)
    click.echo(f"open http://{host}:{port} in a browser")
    # In place of this process, so that nothing of the filling is carried on by the server.
    line = [sys.executable, "-m", "dudao.cli", "serve", "--host", host, "--port", str(port)]
    os.execv(sys.executable, line)  # noqa: S606


@contextmanager
def _alone(base: Path) -> Iterator[None]:
    """A second start waits here until the first has filled the city. Ends with the process, however that ends."""
    base.mkdir(parents=True, exist_ok=True)
    folder = os.open(base, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _fill(base: Path, *, reset: bool) -> None:
    """Make the city where there is none. It is written in many transactions: until the last one a file beside it says that
    it is unfinished. What bears no such mark is served as it is, whoever filled it."""
    home, unfinished = base / "demo", base / "demo.unfinished"
    if unfinished.exists() and not reset:
        click.echo("the sample city was left unfinished: beginning anew")
    if unfinished.exists() or reset:
        unfinished.touch()  # throwing away may be broken off too
        if home.exists():
            shutil.rmtree(home)

    import django

    django.setup()
    from dudao.cli.preparing import prepare
    from dudao.places.models import Unit
    from dudao.sample.populate import populate

    prepare(say=click.echo)
    if not Unit.objects.exists():
        unfinished.touch()
        populate(seed=2026, say=click.echo)
    unfinished.unlink(missing_ok=True)
