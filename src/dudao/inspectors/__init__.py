"""Inspectors: the registry, their terms of office, zones, and who is responsible for which school."""
