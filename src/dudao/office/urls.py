from django.urls import path

from dudao.office import views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("units/", views.units, name="units"),
    path("units/<uuid:pk>/", views.unit, name="unit"),
    path("search/", views.search, name="search"),
    path("rules/", views.rules, name="rules"),
    path("instruments/", views.instruments, name="instruments"),
    path("instruments/<slug:version>/", views.instrument, name="instrument"),
    path("journal/", views.journal, name="journal"),
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/again/", views.jobs_again, name="jobs-again"),
]
