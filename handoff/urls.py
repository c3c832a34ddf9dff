"""Pages of the handoff: review, inbox, discovery, and the panel on the lead page."""

from django.urls import path

from handoff.views import (
    agreement,
    bant,
    checks,
    churn,
    claim,
    discovery,
    feedback,
    inbox,
    panel,
    pipeline,
    preview,
    review,
    routing,
    team,
    undo,
)

app_name = "handoff"
urlpatterns = [
    path("agreement/", agreement.in_force, name="agreement"),
    path("agreement/versions/", agreement.versions, name="agreement_versions"),
    path("agreement/<int:version>/", agreement.version, name="agreement_version"),
    path("agreement/<int:version>/comment/", agreement.comment, name="agreement_comment"),
    path(
        "agreement/<int:version>/compare/<int:other>/",
        agreement.compare,
        name="agreement_compare",
    ),
    path("review/", review.review, name="review"),
    path("review/approve/", review.approve, name="approve"),
    path("review/<int:pk>/", review.review, name="preview"),
    path("review/<int:pk>/<name>/", review.decide, name="decide"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/team/", team.team, name="team"),
    path("inbox/claim/", claim.claim, name="claim"),
    path("inbox/<int:pk>/<name>/", inbox.answer, name="answer"),
    path("pipeline/", pipeline.pipeline, name="pipeline"),
    path("pipeline/<int:pk>/step/", pipeline.step, name="step"),
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
    path("routing/", routing.routing, name="routing"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/<int:pk>/", feedback.decision, name="decision"),
    path("feedback/<int:pk>/answer/", feedback.answer, name="answer_decision"),
    path("feedback/<int:pk>/settle/", feedback.settle, name="settle"),
    path("leads/<int:pk>/discovery/", discovery.discovery, name="discovery"),
    path("leads/<int:pk>/discovery/draft/", discovery.draft, name="draft"),
    path("leads/<int:pk>/bant/", bant.bant, name="bant"),
    path("leads/<int:pk>/churn/", churn.churn, name="churn"),
    path("leads/<int:pk>/handoff-panel/", panel.panel, name="panel"),
]
