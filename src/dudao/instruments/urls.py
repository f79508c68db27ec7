from django.urls import path

from dudao.instruments import exchange_views, views

app_name = "instruments"
urlpatterns = [
    path("instruments/", views.index, name="list"),
    path("instruments/new/", views.new, name="new"),
    path("instruments/bases/", views.legal_bases, name="bases"),
    path("instruments/preview/", views.phone, name="preview"),
    path("instruments/template/", exchange_views.blank, name="template"),
    path("instruments/import/", exchange_views.bring_in, name="bring-in"),
    path("instruments/import/rest/", exchange_views.bring_in_rest, name="bring-in-rest"),
    path("instruments/drafts/<uuid:pk>/", views.draft, name="draft"),
    path("instruments/drafts/<uuid:pk>/save/", views.draft_save, name="draft-save"),
    path("instruments/drafts/<uuid:pk>/publish/", views.draft_publish, name="draft-publish"),
    path("instruments/drafts/<uuid:pk>/discard/", views.draft_discard, name="draft-discard"),
    path("instruments/<slug:version>/", views.show, name="show"),
    path("instruments/<slug:version>/excel/", exchange_views.excel, name="excel"),
    path("instruments/<slug:version>/xlsform/", exchange_views.xlsform, name="xlsform"),
    path("instruments/<slug:version>/revise/", views.revise, name="revise"),
    path("instruments/<slug:version>/retire/", views.retire, name="retire"),
    path("instruments/<slug:version>/against/<slug:other>/", views.compare, name="compare"),
]
