"""Documents under way in the sample county: one to review, one to sign, one sent back, one the school must confirm."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from dudao.documents import drafting
from dudao.documents.models import Draft
from dudao.findings import papers
from dudao.findings.models import Finding
from dudao.findings.states import State
from dudao.insight import monthly
from dudao.kernel import clock
from dudao.people.models import User
from dudao.places.models import Unit


def write(*, today: date) -> None:
    """The county's clerk and the inspector write, the city's reviews and signs: nobody signs what they wrote."""
    clerk, chief, inspector = (
        User.objects.get(username=f"demo-{name}") for name in ("county", "city", "inspector")
    )
    school = Unit.objects.select_related("region").get(grant__user__username="demo-school")
    own = Finding.objects.filter(unit=school)
    with clock.set_to(
        clock.now() - timedelta(hours=1)
    ):  # a document's number follows those of the days before
        notice = papers.draft("rectify-notice", own.filter(state=State.RECEIVED), by=clerk)
        _through(notice, ("submit", clerk), ("pass", chief), ("issue", chief))
    with clock.set_to(_at(today, 1)):
        record = papers.draft("verification", own, by=inspector)
        _through(record, ("submit", inspector))
        back = papers.draft("rectification-report", own, by=clerk)
        _through(back, ("submit", clerk), ("return", chief, "请补充责任人和完成日期。"))
        report = monthly.draft(
            monthly.About.of_region(school.region), today.replace(day=1) - timedelta(days=1), by=clerk
        )
        _through(report, ("submit", clerk), ("pass", chief))


def _through(draft: Draft, *steps: tuple[str, User] | tuple[str, User, str]) -> None:
    for name, by, *note in steps:
        draft = drafting.move(
            draft, name, seen=draft.state, version=draft.version, by=by, note=note[0] if note else ""
        )


def _at(today: date, back: int) -> datetime:
    return timezone.make_aware(datetime.combine(today - timedelta(days=back), time(10)))
