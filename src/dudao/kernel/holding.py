"""Looking for a piece of text in a column."""

from typing import Any

from django.db.models.lookups import IContains


class Holds(IContains):
    """Rows of which the text holds the value, whatever its case: `name__holds="留样"`. SQLite reads every row.

    PostgreSQL has no index by which `icontains` finds a piece of Chinese, of two characters or three. `text_pieces`
    (a migration of `places`) gives all pieces of two characters of a text; where a column has an index of them, it is
    looked up first. A single character has no piece and is looked for in every row.
    """

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return IContains(self.lhs, self.rhs).as_sql(compiler, connection)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """By STRPOS, not LIKE: of that the planner thinks that hardly a row passes, even where the pieces say that most do."""
        column, own = compiler.compile(self.lhs)
        held, params = f"STRPOS(UPPER({column}), UPPER(%s)) > 0", [*own, self.rhs]
        if len(self.rhs) < 2:
            return held, params
        return f"({held} AND text_pieces({column}) @> text_pieces(%s))", [*params, *params]
