"""Where things lie."""

from re import escape

from django.db.models import Q

from dudao.places.models import Region


def within(*paths: str, at: str = "region") -> Q:
    """Rows whose region (by the lookup `at`) is one of `paths` or lies in one.

    The few regions are found first, and then the rows by the index of their region. A comparison of paths in the joined
    rows would read every row of the nation: neither database looks up the beginning of a text in an index that is
    ordered by its collation.
    """
    below = under(*paths)
    return Q(**{f"{at}__in": Region.objects.filter(below).order_by().values("pk")})


def under(*paths: str, path: str = "path") -> Q:
    """Rows whose own path of a region (by the lookup `path`) begins with one of `paths`.

    Several are one pattern: a nation's 31 provinces would be 31 comparisons, written and planned anew in each statement.
    """
    if len(paths) == 1:
        return Q(**{f"{path}__startswith": paths[0]})
    return Q(**{f"{path}__regex": f"^({'|'.join(map(escape, paths))})"})
