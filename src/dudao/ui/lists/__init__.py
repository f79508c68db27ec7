"""Lists of the office: declared once in their room, shown, filtered, sorted and exported the same way everywhere."""

from dudao.ui.lists.declared import Action, Column, Empty, Grouping, Listing, declare, declared
from dudao.ui.lists.filters import Choice, Days, Month, One, Search, Switch
from dudao.ui.lists.pages import respond

__all__ = [
    "Action",
    "Choice",
    "Column",
    "Days",
    "Empty",
    "Grouping",
    "Listing",
    "Month",
    "One",
    "Search",
    "Switch",
    "declare",
    "declared",
    "respond",
]
