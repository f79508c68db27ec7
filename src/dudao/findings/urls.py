from django.urls import path

from dudao.findings import views

app_name = "findings"
urlpatterns = [
    path("findings/", views.ledger, name="ledger"),
    path("findings/papers/", views.choose_paper, name="papers"),
    path("findings/papers/<slug:kind>/", views.draft_paper, name="draft"),
    path("findings/<uuid:pk>/", views.show, name="show"),
    path("findings/<uuid:pk>/steps/<int:step_pk>/", views.step, name="step"),
    path("findings/<uuid:pk>/<slug:name>/", views.move, name="move"),
]
