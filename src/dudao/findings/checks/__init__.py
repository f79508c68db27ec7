"""What must hold before a move, one condition a file. The service refuses on the first, the page shows them all."""

from dudao.findings.checks import (
    answered,
    decided_by_another,
    extension_in_time,
    extension_reach,
    objection_in_time,
    proof,
    second_person,
    steps_done,
    verifier,
)
from dudao.findings.checks.case import Case, obstacles, refuse

__all__ = [
    "Case", "answered", "decided_by_another", "extension_in_time", "extension_reach", "objection_in_time", "obstacles", "proof",
    "refuse", "second_person", "steps_done", "verifier",
]  # fmt: skip
