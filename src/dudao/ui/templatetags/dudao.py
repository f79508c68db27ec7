"""Tags every template may use without loading them."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django_vite.templatetags.django_vite import vite_asset, vite_asset_url

from dudao.kernel import text
from dudao.ui import looks

register = template.Library()
register.simple_tag(vite_asset, name="vite_asset")
register.simple_tag(vite_asset_url, name="vite_asset_url")

SELECTED = mark_safe(" selected")
_WEEKDAYS = {
    "zh": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A drawing of the sprite; decoration only, so hidden from screen readers."""
    return _drawing(name, size)


@cache
def _drawing(name: str, size: str) -> SafeString:
    return format_html(
        '<svg width="24" height="24" class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        size,
        static("built/icons.svg"),
        name,
    )


@register.simple_tag
def options(choices: Sequence[tuple[Any, Any]], chosen: Any) -> SafeString:
    """What a select offers; a label that is a list of choices makes a group of them. A template's loop takes ten times as long."""
    return format_html_join("", "{}", ((_option(value, label, chosen),) for value, label in choices))


def _option(value: Any, label: Any, chosen: Any) -> SafeString:
    if isinstance(label, list):
        return format_html('<optgroup label="{}">{}</optgroup>', value, options(label, chosen))
    return format_html('<option value="{}"{}>{}</option>', value, SELECTED if value == chosen else "", label)


@register.simple_tag
def badge(kind: str, value: str) -> SafeString:
    """The one word, colour and icon of a state."""
    return _badge(kind, value, get_language() or "")


@cache
def _badge(kind: str, value: str, language: str) -> SafeString:
    """Kept for each language: a list shows the same few on every row."""
    look = looks.of(kind, value)
    return format_html(
        '<span class="badge bg-{}-lt state">{} {}</span>', look.colour, icon(look.icon), look.label
    )


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-09-01 周二."""
    if value is None:
        return "—"
    on = timezone.localtime(value).date() if isinstance(value, datetime) else value
    names = _WEEKDAYS["zh" if (get_language() or "zh").startswith("zh") else "en"]
    return f"{on:%Y-%m-%d} {names[on.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """2026-09-01 周二 14:05."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else "—"


@register.filter
def until(starts_on: date, ends_on: date | None) -> str:
    """From when until when; without an end it holds on."""
    if ends_on is None:
        return _("%(from)s 起长期") % {"from": starts_on}
    return f"{starts_on} — {ends_on}"


@register.filter
def percent(value: float | None) -> str:
    """0.875 → 87.5%."""
    return "—" if value is None else f"{value * 100:.1f}".rstrip("0").rstrip(".") + "%"


@register.filter
def ago(value: datetime) -> str:
    """How long ago, in the largest whole unit."""
    seconds = max(0, int((timezone.now() - value).total_seconds()))
    if seconds < 60:
        return _("刚刚")
    if seconds < 3600:
        return ngettext("%(n)s 分钟前", "%(n)s 分钟前", seconds // 60) % {"n": seconds // 60}
    if seconds < 86400:
        return ngettext("%(n)s 小时前", "%(n)s 小时前", seconds // 3600) % {"n": seconds // 3600}
    return ngettext("%(n)s 天前", "%(n)s 天前", seconds // 86400) % {"n": seconds // 86400}


@register.filter
def shown(value: Any) -> Any:
    """A plain value as a cell shows it: moments and days in words, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, datetime):
        return moment(value)
    return day(value) if isinstance(value, date) else value


@register.filter
def masked(number: str) -> str:
    """A telephone number of which the middle is hidden."""
    return text.masked(number)


@register.filter
def may(user: Any, capability: str) -> bool:
    """Whether this person has the capability somewhere; the page it leads to decides where."""
    return bool(user.is_authenticated and user.can(capability))


@register.filter
def lookup(mapping: dict[str, Any], key: str) -> Any:
    """mapping[key], or nothing."""
    return mapping.get(key)


@register.inclusion_tag("ui/_paging.html", takes_context=True)
def paging(context: dict[str, Any], page: Any) -> dict[str, Any]:
    """Links to the other pages of a list, keeping its filters."""
    return {
        "page": page,
        "request": context["request"],
        "pages": page.paginator.get_elided_page_range(page.number),
    }


@register.inclusion_tag("ui/_sort_head.html", takes_context=True)
def sort_head(context: dict[str, Any], view: Any, column: Any) -> dict[str, Any]:
    """The head of a list's `column` that sorts by it, and back."""
    direction = {column.key: "ascending", f"-{column.key}": "descending"}.get(view.sort, "none")
    turned = f"-{column.key}" if direction == "ascending" else column.key
    return {
        "label": column.label,
        "key": column.key,
        "css": column.css,
        "turned": turned,
        "direction": direction,
        "request": context["request"],
    }
