from django.urls import path

from dudao.insight import views, yearbook_views

app_name = "insight"
urlpatterns = [
    path("coverage/", views.start, name="start"),
    path("glance/", views.glance_start, name="glance"),
    path("glance/<slug:code>/", views.glance_of, name="glance-of"),
    path("documents/monthly/", views.monthly, name="monthly"),
    path("coverage/<slug:code>/", views.coverage, name="coverage"),
    path("inspectors/yearbook/", yearbook_views.mine, name="yearbook-mine"),
    path("inspectors/<uuid:pk>/yearbook/", yearbook_views.show, name="yearbook"),
    path(
        "inspectors/<uuid:pk>/yearbook.pdf", yearbook_views.download, {"suffix": "pdf"}, name="yearbook-pdf"
    ),
    path(
        "inspectors/<uuid:pk>/yearbook.docx",
        yearbook_views.download,
        {"suffix": "docx"},
        name="yearbook-docx",
    ),
    path("inspectors/<uuid:pk>/works/", yearbook_views.add_work, name="work-add"),
    path("inspectors/<uuid:pk>/works/<uuid:work>/", yearbook_views.work_file, name="work"),
    path(
        "inspectors/<uuid:pk>/works/<uuid:work>/take-back/", yearbook_views.take_back, name="work-take-back"
    ),
]
