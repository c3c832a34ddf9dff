"""Pages of imports: upload, map the columns, watch, and fetch what was turned away."""

from django.urls import path

from intake import views

app_name = "intake"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/map/", views.choose, name="map"),
    path("<int:pk>/read-again/", views.read_again, name="read_again"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/rejected.csv", views.rejected, name="rejected"),
]
