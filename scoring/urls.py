"""Pages of scoring."""

from django.urls import path

from scoring import views

app_name = "scoring"
urlpatterns = [
    path("", views.models, name="models"),
    path("<int:version>/", views.models, name="model"),
    path("panel/<int:pk>/", views.panel, name="panel"),
    path("panel/<int:pk>/live/", views.live, name="live"),
]
