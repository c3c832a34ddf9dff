"""Pages of scoring."""

from django.urls import path

from scoring import views, views_models, views_try

app_name = "scoring"
urlpatterns = [
    path("", views_models.models, name="models"),
    path("import/", views_models.import_model, name="import"),
    path("models/<int:version>/", views_models.models, name="model"),
    path("models/<int:version>/duplicate/", views_models.duplicate, name="duplicate"),
    path("models/<int:version>/export/", views_models.export, name="export"),
    path("models/<int:version>/against/<int:other>/", views_models.against, name="against"),
    path("models/<int:version>/try/", views_try.bench, name="try"),
    path("panel/<int:pk>/", views.panel, name="panel"),
    path("panel/<int:pk>/live/", views.live, name="live"),
]
