from django.urls import path

from dudao.documents import draft_views, office_views, views

app_name = "documents"
urlpatterns = [
    path("documents/", views.index, name="list"),
    path("documents/<uuid:pk>/", views.show, name="show"),
    path("documents/<uuid:pk>/receive/", views.receive, name="receive"),
    path("documents/<uuid:pk>/void/", views.void, name="void"),
    path("documents/<uuid:pk>/replace/", views.replace, name="replace"),
    path("documents/<uuid:pk>.pdf", views.pdf, name="pdf"),
    path("documents/<uuid:pk>.docx", views.docx, name="docx"),
    path("documents/bundles/pdf/", views.order, {"form": "pdf"}, name="bundle-pdf"),
    path("documents/bundles/zip/", views.order, {"form": "zip"}, name="bundle-zip"),
    path("documents/bundles/<uuid:pk>/", views.bundle, name="bundle"),
    path("documents/bundles/<uuid:pk>/file/", views.bundle_file, name="bundle-file"),
    path("documents/office/", office_views.start, name="office-start"),
    path("documents/office/<slug:code>/", office_views.office, name="office"),
    path("documents/office/<slug:code>/seal/", office_views.seal_end, name="seal-end"),
    path("documents/office/<slug:code>/seal.png", office_views.seal_picture, name="seal"),
    path("documents/office/<slug:code>/<slug:kind>/", office_views.template, name="wording"),
    path("documents/drafts/", draft_views.index, name="drafts"),
    path("documents/drafts/<uuid:pk>/", draft_views.show, name="draft"),
    path("documents/drafts/<uuid:pk>/preview.pdf", draft_views.preview, name="draft-pdf"),
    path("documents/drafts/<uuid:pk>/draft.docx", draft_views.word, name="draft-docx"),
    path("documents/drafts/<uuid:pk>/word/", draft_views.word_upload, name="draft-word"),
    path("documents/drafts/<uuid:pk>/word/accept/", draft_views.word_accept, name="draft-word-accept"),
    path("documents/drafts/<uuid:pk>/<slug:name>/", draft_views.move, name="draft-move"),
]
