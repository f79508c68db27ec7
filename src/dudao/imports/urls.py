from django.urls import path

from dudao.imports import views

app_name = "imports"
urlpatterns = [
    path("imports/<slug:kind>/new/", views.start, name="start"),
    path("imports/<slug:kind>/template/", views.template, name="template"),
    path("imports/<uuid:pk>/", views.show, name="show"),
    path("imports/<uuid:pk>/confirm/", views.confirm, name="confirm"),
    path("imports/<uuid:pk>/mean/", views.mean, name="mean"),
    path("imports/<uuid:pk>/discard/", views.discard, name="discard"),
    path("imports/<uuid:pk>/wrong/", views.wrong, name="wrong"),
]
