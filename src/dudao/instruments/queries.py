"""Which instruments are in use."""

from dudao.instruments.models import Version


def current_versions() -> list[Version]:
    """The newest version of each active instrument."""
    newest: dict[int, Version] = {}
    for version in Version.objects.filter(instrument__is_active=True).order_by("instrument_id", "-number"):
        newest.setdefault(version.instrument_id, version)
    return list(newest.values())
