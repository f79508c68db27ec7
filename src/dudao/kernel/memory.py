"""What the collector of reference cycles need not look at."""

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load what is loaded at the first page otherwise, and tell the collector that all there is stays for good. Called
    once by each process that serves or works.

    Django and the rooms are some half a million objects; a full collection goes through them all, which was a third of
    the time that checking a long list took, and a pause for whoever had asked for a page.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
