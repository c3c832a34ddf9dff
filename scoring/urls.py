"""Pages of scoring."""

from django.urls import path

from scoring import views

app_name = "scoring"
urlpatterns = [path("panel/<int:pk>/", views.panel, name="panel")]
