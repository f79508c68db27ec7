"""Who may see whose telephone number: by a grant that carries `phone.view`, one number at a time, and journalled."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from dudao.journal import services as journal
from dudao.kernel import clock
from dudao.people.access import NOBODY, Anyone, unit_scope
from dudao.people.models import Assignment, User
from dudao.people.queries import under
from dudao.places.models import Unit

CAPABILITY = "phone.view"


def people_scope(user: Anyone) -> Q:
    """Whose number `user` may see: of those under one's region, and of the inspectors of one's own unit."""
    allowed = NOBODY
    if not isinstance(user, User) or not user.is_active:
        return allowed
    grants = user.grants_with(CAPABILITY)
    for grant in grants:
        if grant.unit_id is not None:
            theirs = Assignment.objects.in_force(clock.today()).filter(unit=grant.unit_id)
            allowed |= Q(pk__in=theirs.values("inspector_id"))
    return allowed | under(*(grant.region.path for grant in grants if grant.region is not None))


def people_with_phones(user: Anyone) -> QuerySet[User]:
    """The people whose number `user` may see."""
    return User.objects.filter(people_scope(user))


def units_with_phones(user: Anyone) -> QuerySet[Unit]:
    """The units whose liaison's number `user` may see: an office's, and an inspector's or a unit's own."""
    return Unit.objects.filter(unit_scope(user, CAPABILITY, unit=""))


def inspectors_of(unit: Unit, *, seen_by: Anyone) -> QuerySet[User]:
    """Who is responsible for `unit` today, each with whether `seen_by` may see the number (`may_call`)."""
    running = Assignment.objects.in_force(clock.today()).filter(unit=unit)
    return (
        User.objects.filter(pk__in=running.values("inspector_id"))
        .annotate(may_call=ExpressionWrapper(people_scope(seen_by), output_field=BooleanField()))
        .order_by("pk")
    )


@transaction.atomic
def reveal_person(person: User, *, by: User) -> str:
    """The number of a person, journalled as seen. The caller has looked `person` up in `people_with_phones`."""
    journal.record("phone.view", by=by, obj=person, label=person.name, region=_acting_in(by))
    return person.phone


@transaction.atomic
def reveal_liaison(unit: Unit, *, by: User) -> str:
    """The number of a unit's liaison, journalled as seen. The caller has looked `unit` up in `units_with_phones`."""
    journal.record("phone.view", by=by, obj=unit, region=unit.region.path, unit=unit.pk)
    return unit.liaison_phone


@transaction.atomic
def note_export(*, by: User) -> None:
    """Journal that a list of accounts was taken out as a file, and whether with numbers."""
    journal.record(
        "account.export", by=by, obj=by, region=_acting_in(by), after={"phones": by.can(CAPABILITY)}
    )


def shown(request: HttpRequest, number: str, label: str) -> HttpResponse:
    """A number that was asked for: in place of its button, or without script as a message on the page it came from."""
    if request.headers.get("HX-Request") == "true":
        return render(request, "people/_number.html", {"number": number})
    messages.info(request, f"{label} {number}")
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "/")


def _acting_in(user: User) -> str:
    """The path of the first region, or unit's region, of the grants that let `user` see numbers."""
    places: list[Any] = [
        grant.region or (grant.unit and grant.unit.region) for grant in user.grants_with(CAPABILITY)
    ]
    return next((place.path for place in places if place), "")
