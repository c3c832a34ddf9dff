"""Pages of imports: upload, map the columns, watch, and fetch what was turned away."""

from django.urls import path

from intake import views, views_result

app_name = "intake"
urlpatterns = [
    path("", views.index, name="list"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/map/", views.choose, name="map"),
    path("<int:pk>/read-again/", views.read_again, name="read_again"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/try/", views_result.tried, name="try"),
    path("<int:pk>/resume/", views_result.resume, name="resume"),
    path("<int:pk>/roll-back/", views_result.roll_back, name="roll_back"),
    path("<int:pk>/mend/", views_result.mend, name="mend"),
    path("<int:pk>/rejected.csv", views.rejected, name="rejected"),
]
