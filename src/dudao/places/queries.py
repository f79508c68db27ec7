"""Where things lie."""

from django.db.models import Q

from dudao.places.models import Region


def within(path: str, *, at: str = "region") -> Q:
    """Rows whose region (by the lookup `at`) is the one of `path` or lies in it.

    The few regions are found first, and then the rows by the index of their region. A comparison of paths in the joined
    rows would read every row of the nation: neither database looks up the beginning of a text in an index that is
    ordered by its collation.
    """
    return Q(**{f"{at}__in": Region.objects.filter(path__startswith=path).order_by().values("pk")})
