"""The registry as a list."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.inspectors.models import AppointedBy, Engagement, Inspector, Term
from dudao.kernel import clock
from dudao.people.models import Assignment
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows

ENDING = timedelta(days=90)


def _rows(user: Any) -> Rows:
    return Inspector.objects.visible_to(user).select_related("user", "region")


def _prepare(rows: Sequence[Any]) -> None:
    """How many schools each has, and until when they are appointed."""
    people = [one.user_id for one in rows]
    running = Assignment.objects.in_force(clock.today()).filter(inspector__in=people)
    schools = Counter(running.values_list("inspector_id", flat=True))
    until = {
        term.inspector_id: term for term in Term.objects.filter(inspector__in=rows).order_by("starts_on")
    }
    for one in rows:
        one.schools = schools[one.user_id]
        one.term = until.get(one.pk)
        one.is_ending = one.term is not None and one.term.ends_on < clock.today() + ENDING
        one.term_words = f"{one.term.starts_on} — {one.term.ends_on}" if one.term else ""


INSPECTORS = declare(
    Listing(
        name="inspectors",
        title=_("督学"),
        url_name="inspectors:list",
        rows=_rows,
        prepare=_prepare,
        sort="name",
        columns=(
            Column("name", _("姓名"), "user.name", "inspectors/_cells.html#name", sort="user__name", width=14),
            Column("region", _("聘任机构"), "region.name", sort="region__path"),
            Column("engagement", _("专兼职"), "get_engagement_display", sort="engagement", width=10),
            Column("level", _("督学级别"), "get_level_display", sort="level", width=10, is_shown=False),
            Column("certificate", _("督学证号"), "user.certificate_no", sort="user__certificate_no", width=18),
            Column("schools", _("责任学校数"), "schools", width=8, css="text-end"),
            Column("term", _("聘期"), "term_words", "inspectors/_cells.html#term", width=26, css="text-nowrap"),
            Column("employer", _("工作单位"), "employer", is_shown=False, width=24),
            Column("subjects", _("学科专长"), "subjects", is_shown=False),
            Column("public_phone", _("公示电话"), "public_phone", is_shown=False),
            Column("left", _("离任日期"), "left_on", sort="left_on", is_shown=False),
        ),
        filters=(
            Search("q", _("姓名、拼音首字母、督学证号、单位"),
                   ("user__name__holds", "user__initials__holds", "user__certificate_no__holds",
                    "employer__holds")),
            RegionFilter(label=_("聘任机构"), all_label=_("全部机构"), capability="inspector.view", at="region", is_alone=True),
            Choice("engagement", _("专兼职"), _("专职和兼职"), lambda user: Engagement.choices),
            Choice("level", _("督学级别"), _("全部级别"), lambda user: AppointedBy.choices),
            Choice("standing", _("在任情况"), _("在任和离任"), lambda user: [("serving", _("在任")), ("left", _("已离任"))],
                   lambda rows, value: rows.filter(left_on__isnull=value == "serving"), initial="serving"),
        ),
        counted=lambda n: ngettext("共 %(n)s 名督学", "共 %(n)s 名督学", n) % {"n": n},
        empty=Empty("users", _("还没有督学"), _("请导入督学名册，或逐个登记。")),
    )
)  # fmt: skip
