"""Grave danger reported from the spot (重大隐患一键上报): at the county's desk at once, on every page until somebody deals with it."""
