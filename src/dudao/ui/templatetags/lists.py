"""Tags for the rows of a list. They are said in Python: a template's loop over every cell takes twice as long."""

from typing import Any

from django import template
from django.template.base import render_value_in_context
from django.template.context import Context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dudao.ui.lists.declared import Column
from dudao.ui.lists.reading import Cell, View
from dudao.ui.templatetags.dudao import shown

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: Context, of: Cell) -> SafeString:
    """What stands in a cell: its column's fragment, which finds `row`, or the plain value."""
    return _content(context, of, _fragment(of.column))


@register.simple_tag(takes_context=True)
def table_rows(context: Context, view: View) -> SafeString:
    """The rows of a list's table, each with a box to choose it by where something can be done with several."""
    said = [(_fragment(one), _opening(one)) for one in view.columns]
    parts: list[str] = []
    for number, line in enumerate(view.lines, 1):
        parts.append("<tr>")
        if view.actions:
            parts.append(_box(view.listing.name, line.row.pk, number))
        with context.push(row=line.row):
            for of, (fragment, opening) in zip(line.cells, said, strict=True):
                parts += (opening, _content(context, of, fragment), "</td>")
        parts.append("</tr>\n")
    return SafeString("".join(parts))  # every part of it is escaped


def _fragment(column: Column) -> Any:
    return get_template(column.template).template if column.template else None  # type: ignore[attr-defined]


def _content(context: Context, of: Cell, fragment: Any) -> SafeString:
    if fragment is not None:
        return SafeString(fragment.render(context))
    return SafeString(render_value_in_context(shown(of.text), context))


def _opening(column: Column) -> SafeString:
    return format_html('<td class="{}" data-label="{}">', column.css, column.label)


def _box(name: str, key: Any, number: int) -> SafeString:
    return format_html(
        '<td class="chooser"><input class="form-check-input" type="checkbox" form="{}-chosen" name="chosen" value="{}" aria-label="{}"></td>',
        name,
        key,
        _("选择第 %(n)s 行") % {"n": number},
    )
