"""Pages of scoring."""

from django.urls import path

from scoring import views, views_calibration, views_computation, views_models, views_try

app_name = "scoring"
urlpatterns = [
    path("", views_models.models, name="models"),
    path("import/", views_models.import_model, name="import"),
    path("models/<int:version>/", views_models.models, name="model"),
    path("models/<int:version>/duplicate/", views_models.duplicate, name="duplicate"),
    path("models/<int:version>/export/", views_models.export, name="export"),
    path("models/<int:version>/against/<int:other>/", views_models.against, name="against"),
    path("models/<int:version>/try/", views_try.bench, name="try"),
    path("models/<int:version>/calibration/", views_calibration.calibration, name="calibration"),
    path(
        "models/<int:version>/calibration/<int:pk>/draft/",
        views_calibration.draft,
        name="calibration_draft",
    ),
    path("computations/<int:pk>/", views_computation.computation, name="computation"),
    path("computations/<int:pk>/cancel/", views_computation.cancel, name="cancel_computation"),
    path("panel/<int:pk>/", views.panel, name="panel"),
    path("panel/<int:pk>/live/", views.live, name="live"),
]
