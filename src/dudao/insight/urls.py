from django.urls import path

from dudao.insight import views

app_name = "insight"
urlpatterns = [
    path("coverage/", views.start, name="start"),
    path("documents/monthly/", views.monthly, name="monthly"),
    path("coverage/<slug:code>/", views.coverage, name="coverage"),
]
