"""Pages of scoring."""

from django.urls import path

from scoring import views, views_computation

app_name = "scoring"
urlpatterns = [
    path("", views.models, name="models"),
    path("<int:version>/", views.models, name="model"),
    path("computations/<int:pk>/", views_computation.computation, name="computation"),
    path("computations/<int:pk>/cancel/", views_computation.cancel, name="cancel_computation"),
    path("panel/<int:pk>/", views.panel, name="panel"),
    path("panel/<int:pk>/live/", views.live, name="live"),
]
