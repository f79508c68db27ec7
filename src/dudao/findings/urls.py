from django.urls import path

from dudao.findings import look_back_views, views

app_name = "findings"
urlpatterns = [
    path("findings/", views.ledger, name="ledger"),
    path("findings/papers/", views.choose_paper, name="papers"),
    path("findings/papers/<slug:kind>/", views.draft_paper, name="draft"),
    path("findings/remind/", views.remind, name="remind"),
    path("findings/assign/", views.assign, name="assign"),
    path("findings/look-backs/", look_back_views.index, name="look-backs"),
    path("findings/look-backs/draw/", look_back_views.draw, name="look-back-draw"),
    path("findings/look-backs/draws/<int:pk>/", look_back_views.drawn, name="drawn"),
    path("findings/look-backs/<int:pk>/send/", look_back_views.send, name="look-back-send"),
    path("findings/look-backs/<int:pk>/", look_back_views.look, name="look-back"),
    path("findings/<uuid:pk>/", views.show, name="show"),
    path("findings/<uuid:pk>/urge/", views.urge, name="urge"),
    path("findings/<uuid:pk>/steps/<int:step_pk>/", views.step, name="step"),
    path("findings/<uuid:pk>/<slug:name>/", views.move, name="move"),
]
