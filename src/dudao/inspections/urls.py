from django.urls import path

from dudao.inspections import views

app_name = "inspections"
urlpatterns = [
    path("visits/", views.visit_list, name="list"),
    path("visits/live/", views.live_page, name="live"),
    path("visits/live/stream/", views.live_stream, name="live-stream"),
    path("visits/<uuid:pk>/release/", views.release, name="release"),
    path("visits/<uuid:pk>/file/", views.file_without, name="file-without"),
    path("visits/<uuid:pk>/", views.show, name="show"),
    path("visits/<uuid:pk>/papers/<slug:kind>/", views.draft_paper, name="draft"),
]
