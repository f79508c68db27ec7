from django.urls import path

from dudao.field import views

app_name = "field"
urlpatterns = [
    path("field/sw.js", views.worker, name="worker"),
    path("field/app.webmanifest", views.manifest, name="manifest"),
    path("field/", views.app, name="app"),
    path("field/<path:rest>", views.app, name="app-page"),
    path("api/field/openapi.json", views.description, name="openapi"),
    path("api/field/device", views.device, name="device"),
    path("api/field/pin", views.pin, name="pin"),
    path("api/field/pin/forgotten", views.pin_forgotten, name="pin-forgotten"),
    path("api/field/photo", views.photo, name="photo"),
    path("api/field/alarms", views.alarms, name="alarms"),
    path("api/field/bundle", views.month_bundle, name="bundle"),
]
