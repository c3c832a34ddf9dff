"""Pages of the handoff: review, inbox, discovery, and the panel on the lead page."""

from django.urls import path

from handoff.views import beside_review, checks, discovery, inbox, panel, preview, review, undo

app_name = "handoff"
urlpatterns = [
    path("review/", review.review, name="review"),
    path("review/approve/", review.approve, name="approve"),
    path("review/<int:pk>/", review.review, name="preview"),
    path("review/<int:pk>/mend/", beside_review.mend, name="mend"),
    path("review/<int:pk>/snooze/", beside_review.snooze, name="snooze"),
    path("review/<int:pk>/looking/", beside_review.looking, name="looking"),
    path("review/<int:pk>/<name>/", review.decide, name="decide"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<int:pk>/<name>/", inbox.answer, name="answer"),
    path("checks/", checks.checks, name="checks"),
    path("checks/ask/", checks.ask, name="ask_checks"),
    path("handoffs/undo/<where>/", undo.undo, name="undo"),
    path("scoring/models/<int:version>/preview/", preview.of_model, name="preview_model"),
    path("scoring/models/<int:version>/propose/", preview.propose, name="propose"),
    path(
        "scoring/agreements/<int:version>/preview/",
        preview.of_agreement,
        name="preview_agreement",
    ),
    path("leads/<int:pk>/discovery/", discovery.discovery, name="discovery"),
    path("leads/<int:pk>/handoff-panel/", panel.panel, name="panel"),
]
