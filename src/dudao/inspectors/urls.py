from django.urls import path

from dudao.inspectors import application_views, board_views, views, zone_views

app_name = "inspectors"
urlpatterns = [
    path("inspectors/", views.index, name="list"),
    path("inspectors/new/", views.new, name="new"),
    path("inspectors/<uuid:pk>/", views.show, name="show"),
    path("inspectors/<uuid:pk>/edit/", views.edit, name="edit"),
    path("inspectors/<uuid:pk>/add/<slug:what>/", views.add, name="add"),
    path("inspectors/<uuid:pk>/terms/<int:term>/letter/", views.letter, name="letter"),
    path("inspectors/<uuid:pk>/photo.jpg", views.photo, name="photo"),
    path("inspectors/<uuid:pk>/photo/", views.photo_set, name="photo-set"),
    path("inspectors/<uuid:pk>/hand-over/", views.hand_over, name="hand-over"),
    path("inspectors/applications/", application_views.index, name="applications"),
    path("inspectors/applications/new/", application_views.new, name="application-new"),
    path("inspectors/applications/<uuid:pk>/", application_views.show, name="application"),
    path(
        "inspectors/applications/<uuid:pk>/move/<slug:name>/", application_views.move, name="application-move"
    ),
    path("inspectors/applications/<uuid:pk>/objections/", application_views.object_to, name="objection"),
    path(
        "inspectors/applications/<uuid:pk>/objections/<int:objection>/",
        application_views.decide,
        name="objection-decide",
    ),
    path("inspectors/boards/", board_views.index, name="boards"),
    path("inspectors/boards/a3/", board_views.order, {"paper": "A3"}, name="boards-a3"),
    path("inspectors/boards/a2/", board_views.order, {"paper": "A2"}, name="boards-a2"),
    path("inspectors/boards/<uuid:pk>/", board_views.show, name="printing"),
    path("inspectors/boards/<uuid:pk>/boards.pdf", board_views.download, name="printing-file"),
    path("inspectors/boards/of/<uuid:pk>.pdf", board_views.board, name="board"),
    path("zones/", zone_views.zones_start, name="zones-start"),
    path("zones/<slug:code>/", zone_views.zones, name="zones"),
    path("zones/<slug:code>/new/", zone_views.zone_new, name="zone-new"),
    path("zones/zone/<uuid:pk>/", zone_views.zone_edit, name="zone-edit"),
]
