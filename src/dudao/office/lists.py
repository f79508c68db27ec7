"""Lists of the office: schools, the journal, background jobs that gave up."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dudao.journal.models import Event
from dudao.office import titles
from dudao.people.access import region_scope, unit_scope
from dudao.people.queries import inspector_names
from dudao.people.region_filter import RegionFilter
from dudao.people.roles import Role
from dudao.places.models import Kind, Ownership, Unit
from dudao.queue import jobs
from dudao.ui.lists import Action, Choice, Column, Days, Empty, Listing, Search, Switch, declare
from dudao.ui.lists.filters import Rows


def units_visible_to(user: Any) -> Rows:
    return Unit.objects.filter(unit_scope(user, "unit.view", unit="")).select_related("region")


def _with_inspectors(rows: Sequence[Any]) -> None:
    names = inspector_names([unit.pk for unit in rows])
    for unit in rows:
        unit.inspectors = names.get(unit.pk, "")


UNITS = declare(
    Listing(
        name="units",
        title=_("学校"),
        url_name="office:units",
        rows=units_visible_to,
        prepare=_with_inspectors,
        sort="region",
        columns=(
            Column("name", _("校名"), "name", "office/_cells.html#unit", sort="name", width=28),
            Column("region", _("区县"), "region.name", sort="region__path"),
            Column("kind", _("类型"), "get_kind_display", sort="kind"),
            Column("ownership", _("性质"), "get_ownership_display", sort="ownership", width=8),
            Column("code", _("代码"), "code", sort="code", is_shown=False),
            Column("pupils", _("学生数"), "pupils", sort="pupils", width=8, css="text-end"),
            Column("address", _("地址"), "address", width=40, is_shown=False),
            Column("liaison", _("督导联络员"), "liaison_name", is_shown=False),
            Column("inspectors", _("责任督学"), "inspectors", width=20),
        ),
        filters=(
            Search("q", _("校名、拼音首字母或代码"), ("name__holds", "initials__holds", "code__iexact")),
            Choice("kind", _("类型"), _("全部类型"), lambda user: Kind.choices),
            Choice("ownership", _("性质"), _("公办和民办"), lambda user: Ownership.choices),
            RegionFilter(capability="unit.view", at="region"),
            Switch("closed", _("只看已停办"), lambda rows: rows.filter(is_open=False), is_folded=True),
        ),
        counted=lambda n: ngettext("共 %(n)s 所", "共 %(n)s 所", n) % {"n": n},
        empty=Empty("school", _("还没有学校"), _("请导入学校名册，或逐个新增。")),
    )
)  # fmt: skip


def _events(user: Any) -> Rows:
    rows = Event.objects.select_related("seal")
    if user.has_role(Role.AUDIT):
        return rows
    return rows.filter(region_scope(user, "journal.view", path="region_path"))


JOURNAL = declare(
    Listing(
        name="journal",
        title=_("日志"),
        url_name="office:journal",
        rows=_events,
        sort="-seq",
        columns=(
            Column("seq", _("序号"), "seal.seq", sort="id", width=10, css="text-secondary"),
            Column("at", _("时间"), "at", sort="at", css="text-nowrap"),
            Column("kind", _("事项"), lambda event: titles.EVENTS.get(event.kind, event.kind), sort="kind", width=24),
            Column("object", _("对象"), "object_label", "office/_cells.html#object", sort="object_label", width=36),
            Column("note", _("说明"), "note", width=40, is_shown=False),
            Column("actor", _("操作人"), lambda event: event.actor_label or _("系统"), sort="actor_label"),
            Column("origin", _("来源地址"), "origin", sort="origin", css="text-secondary"),
        ),
        filters=(
            Choice("kind", _("事项"), _("全部事项"), lambda user: list(titles.EVENTS.items())),
            Search("actor", _("操作人"), ("actor_label__holds",)),
            Search("q", _("对象或说明"), ("object_label__holds", "note__holds")),
            Days("on", _("日期"), "at"),
        ),
        counted=lambda n: ngettext("共 %(n)s 条记录", "共 %(n)s 条记录", n) % {"n": n},
        empty=Empty("history", _("还没有记录"), _("系统里发生的每一步都会自动记在这里。")),
        page_size=40,
    )
)  # fmt: skip


JOBS = declare(
    Listing(
        name="jobs",
        title=_("后台任务"),
        url_name="office:jobs",
        rows=lambda user: jobs.given_up(),
        sort="-finished",
        columns=(
            Column("task", _("任务"), "task_path", sort="task_path", width=40, css="wording"),
            Column("reason", _("失败原因"), "exception_class_path", sort="exception_class_path", width=40),
            Column("finished", _("最后一次运行"), "finished_at", sort="finished_at", css="text-nowrap"),
        ),
        actions=(Action(_("再运行一次"), "office:jobs-again", "refresh"),),
        counted=lambda n: ngettext("共 %(n)s 个任务", "共 %(n)s 个任务", n) % {"n": n},
        empty=Empty("circle-check", _("没有失败的任务"), _("文书生成等后台任务都正常。")),
    )
)
