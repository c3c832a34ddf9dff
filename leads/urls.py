"""Pages of the core: the scored list, one lead, and what can be done to both."""

from django.urls import path

from leads import (
    views,
    views_class,
    views_conditions,
    views_consent,
    views_list,
    views_move,
    views_new,
    views_saved,
)

app_name = "leads"
urlpatterns = [
    path("", views_list.index, name="list"),
    path("new/", views_new.new, name="new"),
    path("view/", views_saved.view, name="view"),
    path("conditions/", views_conditions.builder, name="builder"),
    path("sources/", views_list.sources, name="sources"),
    path("classes/", views_class.shares, name="classes"),
    path("bulk/<name>/", views_list.bulk, name="bulk"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/consent/", views_consent.consent, name="consent"),
    path("<int:pk>/log/", views.log, name="log"),
    path("<int:pk>/class/<int:activity>/", views_class.reclassify, name="reclassify"),
    path("<int:pk>/do/<name>/", views_move.act, name="act"),
    path("<int:pk>/undo/", views_move.undo, name="undo"),
]
