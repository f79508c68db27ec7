from django.urls import path, register_converter

from dudao.intake import handover_views, integrity_views, phone_views, quarantine_views, views


class Sha256Converter:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256Converter, "sha256")

app_name = "intake"
urlpatterns = [
    path("evidence/<sha256:sha256>/<slug:name>", views.evidence, name="evidence"),
    path("handed-in/", handover_views.start, name="handovers"),
    path("handed-in/<uuid:pk>/", handover_views.show, name="handover"),
    path("handed-in/<uuid:pk>/take/", handover_views.take, name="handover-take"),
    path("handed-in/<uuid:pk>/discard/", handover_views.discard, name="handover-discard"),
    path("integrity/", integrity_views.integrity, name="integrity"),
    path("quarantine/", quarantine_views.quarantine, name="quarantine"),
    path("quarantine/<uuid:pk>/", quarantine_views.entry, name="entry"),
    path("quarantine/<uuid:pk>/replay/", quarantine_views.replay, name="replay"),
    path("quarantine/<uuid:pk>/repair/", quarantine_views.repair, name="repair"),
    path("quarantine/<uuid:pk>/close/", quarantine_views.close, name="close"),
    path("phones/", phone_views.phones, name="phones"),
]
