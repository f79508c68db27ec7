"""Applications on their way to appointment, as a list."""

from typing import Any

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.inspectors.models import Application, Engagement
from dudao.inspectors.states import OPEN, State
from dudao.people.region_filter import RegionFilter
from dudao.ui.lists import Choice, Column, Empty, Listing, Search, declare
from dudao.ui.lists.filters import Rows


def _rows(user: Any) -> Rows:
    return Application.objects.visible_to(user).select_related("region", "recorded_by")


def _in_state(rows: Rows, state: str) -> Rows:
    return rows.filter(state__in=OPEN if state == "open" else [state])


_LIFE = Case(
    *(When(state=state, then=Value(rank)) for rank, state in enumerate(State)), output_field=IntegerField()
)

APPLICATIONS = declare(
    Listing(
        name="applications",
        title=_("督学聘任申请"),
        url_name="inspectors:applications",
        rows=_rows,
        sort="-recorded",
        columns=(
            Column("name", _("姓名"), "name", "inspectors/_cells.html#applicant", sort="name", width=14),
            Column("region", _("聘任机构"), "region.name", sort="region__path"),
            Column("state", _("状态"), "get_state_display", "inspectors/_cells.html#application", sort=_LIFE, width=12),
            Column("engagement", _("专兼职"), "get_engagement_display", sort="engagement", width=10),
            Column("level", _("拟聘级别"), "get_level_display", sort="level", width=10),
            Column("employer", _("现工作单位"), "employer", sort="employer", width=24),
            Column("post", _("现任职务"), "post", is_shown=False),
            Column("put_forward", _("推荐方式"), "get_put_forward_by_display", sort="put_forward_by", width=10),
            Column("recommender", _("推荐单位"), "recommender", width=24, is_shown=False),
            Column("degree", _("学历"), "get_degree_display", is_shown=False),
            Column("years", _("从事教育工作年数"), "years_in_education", sort="years_in_education", width=8, is_shown=False),
            Column("subjects", _("学科专长"), "subjects", is_shown=False),
            Column("until", _("公示结束"), "public_until", sort="public_until", css="text-nowrap"),
            Column("recorded", _("登记时间"), "recorded_at", sort="recorded_at", css="text-nowrap"),
            Column("recorded_by", _("登记人"), "recorded_by.name", is_shown=False),
        ),
        filters=(
            Search("q", _("姓名、单位"), ("name__holds", "employer__holds", "recommender__holds")),
            Choice("state", _("状态"), _("全部状态"), lambda user: [("open", _("办理中")), *State.choices],
                   _in_state, initial="open"),
            RegionFilter(label=_("聘任机构"), all_label=_("全部机构"), capability="inspector.view", at="region", is_alone=True),
            Choice("engagement", _("专兼职"), _("专职和兼职"), lambda user: Engagement.choices),
        ),
        counted=lambda n: ngettext("共 %(n)s 份申请", "共 %(n)s 份申请", n) % {"n": n},
        empty=Empty("user-plus", _("没有办理中的申请"), _("点“推荐督学”登记一位拟聘督学。")),
    )
)  # fmt: skip
