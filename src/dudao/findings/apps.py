from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    name = "dudao.findings"
    label = "findings"

    def ready(self) -> None:
        from dudao.documents import starters  # noqa: PLC0415
        from dudao.findings import (  # noqa: PLC0415
            documents,
            evidence,
            importing,  # noqa: F401 - declares its import
            inheriting,
            issuing,
            messages,
            panels,
            projectors,
            recounting,
            reminding,
        )
        from dudao.findings.looks import register_looks  # noqa: PLC0415
        from dudao.findings.payloads import VerificationIn  # noqa: PLC0415
        from dudao.inspections import panels as visit_panels  # noqa: PLC0415
        from dudao.inspections import services as inspections  # noqa: PLC0415
        from dudao.inspections.documents import add_problem_section  # noqa: PLC0415
        from dudao.intake import evidence_access, handed_in, kinds  # noqa: PLC0415
        from dudao.journal import followers  # noqa: PLC0415
        from dudao.queue import steps  # noqa: PLC0415
        from dudao.ui import navigation  # noqa: PLC0415

        kinds.register(
            "verification", schema=1, shape=VerificationIn, project=projectors.project_verification
        )
        inspections.on_received(projectors.record_findings)
        inspections.on_filed(issuing.after_filing)
        inspections.on_supplemented(issuing.after_supplement)
        inspections.on_released(issuing.after_release)
        add_problem_section(documents.told_in_report)
        visit_panels.add(panels.of_visit)
        evidence_access.register(evidence.may_see)
        evidence_access.register(handed_in.handed_in_by)
        messages.register()
        followers.register("findings.messages", messages.follow)
        followers.register("findings.heirs", inheriting.follow)
        followers.register("findings.calendar", recounting.follow)
        steps.register("findings.remind", reminding.remind, every_seconds=600)
        steps.register("findings.climb", reminding.climb, every_seconds=600)
        steps.register(
            "findings.recount", recounting.recount, every_seconds=86_400
        )  # a release may bring holidays
        register_looks()
        starters.register(
            _("整改通知书、督办单、协商转办函、整改报告、核查记录、整改台账"),
            _("在问题台账勾选问题，再点“起草文书”"),
            "findings:ledger",
            "finding.view",
        )
        navigation.register(_("问题整改"), "findings:ledger", "list-check", "finding.view", order=30)
        navigation.register(_("回头看"), "findings:look-backs", "history", "finding.verify", order=31)
