"""`dudao backup`: one file that brings everything back."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the database and every stored file to FILE (a tar file), while the server runs.

    Keep the secret key (DUDAO_SECRET_KEY, or the file secret-key) elsewhere: it is not in the backup.
    """
    import django

    django.setup()
    from dudao.cli import archive
    from dudao.settings.files import HOME

    if file.exists():
        raise click.ClickException(f"{file} exists already; choose another name")
    manifest = archive.write(file, HOME)
    megabytes = file.stat().st_size / 1024 / 1024
    click.echo(f"{file}: {manifest['database']} and {len(manifest['files']) - 1} files, {megabytes:.1f} MiB")
