from django.urls import path

from dudao.office import unit_views, views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("units/", views.units, name="units"),
    path("units/new/", unit_views.new, name="unit-new"),
    path("units/<uuid:pk>/", views.unit, name="unit"),
    path("units/<uuid:pk>/edit/", unit_views.edit, name="unit-edit"),
    path("units/<uuid:pk>/institution/", unit_views.institution, name="unit-institution"),
    path("units/<uuid:pk>/year/", unit_views.year, name="unit-year"),
    path("units/<uuid:pk>/turn/<str:kind>/", unit_views.turn, name="unit-turn"),
    path("regions/", unit_views.regions, name="regions"),
    path("regions/<str:code>/", unit_views.region, name="region"),
    path("search/", views.search, name="search"),
    path("rules/", views.rules, name="rules"),
    path("instruments/", views.instruments, name="instruments"),
    path("instruments/<slug:version>/", views.instrument, name="instrument"),
    path("journal/", views.journal, name="journal"),
    path("jobs/", views.jobs_page, name="jobs"),
    path("jobs/again/", views.jobs_again, name="jobs-again"),
]
