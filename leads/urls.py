"""Pages of the core: the scored list, one lead, and what can be done to it."""

from django.urls import path

from leads import views, views_list

app_name = "leads"
urlpatterns = [
    path("", views_list.index, name="list"),
    path("bulk/<name>/", views_list.bulk, name="bulk"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/timeline/", views.timeline_part, name="timeline"),
    path("<int:pk>/log/", views.log, name="log"),
    path("<int:pk>/do/<name>/", views.act, name="act"),
    path("<int:pk>/undo/", views.undo, name="undo"),
]
