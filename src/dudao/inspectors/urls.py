from django.urls import path

from dudao.inspectors import views

app_name = "inspectors"
urlpatterns = [
    path("inspectors/", views.index, name="list"),
    path("inspectors/new/", views.new, name="new"),
    path("inspectors/<uuid:pk>/", views.show, name="show"),
    path("inspectors/<uuid:pk>/edit/", views.edit, name="edit"),
    path("inspectors/<uuid:pk>/add/<slug:what>/", views.add, name="add"),
    path("inspectors/<uuid:pk>/photo.jpg", views.photo, name="photo"),
    path("inspectors/<uuid:pk>/photo/", views.photo_set, name="photo-set"),
    path("inspectors/<uuid:pk>/hand-over/", views.hand_over, name="hand-over"),
    path("zones/", views.zones_start, name="zones-start"),
    path("zones/<slug:code>/", views.zones, name="zones"),
    path("zones/<slug:code>/new/", views.zone_new, name="zone-new"),
    path("zone/<uuid:pk>/", views.zone_edit, name="zone-edit"),
]
