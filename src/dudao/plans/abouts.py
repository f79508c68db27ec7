"""What months are about, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dudao.instruments.queries import titles_of
from dudao.places.models import Region
from dudao.plans.queries import plans_for
from dudao.rules.models import WordKind
from dudao.rules.queries import words


@dataclass(frozen=True)
class About:
    """A month's plan in the reader's language; `region` is who set it."""

    themes: list[str]
    instruments: list[str]
    subject: str
    region: Region


def abouts(region: Region, months: Sequence[date]) -> dict[date, About]:
    """Month → what it is about in `region`; months nobody has set are left out. Three queries, whatever the number."""
    plans = plans_for(region, months)
    themes = {word.key: word.label for word in words(WordKind.THEME)}
    titles = titles_of({key for plan in plans.values() for key in plan.instruments})
    return {
        month: About(
            [themes.get(key, key) for key in plan.themes],
            [titles.get(key, key) for key in plan.instruments],
            plan.subject,
            plan.region,
        )
        for month, plan in plans.items()
    }
