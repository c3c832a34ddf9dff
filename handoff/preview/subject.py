"""Which draft a preview is about, and what was computed of it so far."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from handoff.models import Agreement
from handoff.models.agreement import EDITABLE
from scoring.models import Computation, ScoringModel

KIND = "preview"
KEPT = 5  # runs to look through for the latest result


@dataclass(frozen=True)
class Subject:
    """`pk`: of the model or of the agreement. `proposed`: the draft agreement (id, version) that
    pins the model already. `signed_as`: the version that both managers would have to sign."""

    kind: str  # "model" or "agreement"
    version: int
    pk: int
    is_draft: bool
    signed_as: int
    proposed: tuple | None = None

    @property
    def url(self):
        return reverse(f"handoff:preview_{self.kind}", args=[self.version])

    def params(self, weeks):
        return {self.kind: self.version, "weeks": weeks}


def of_model(version):
    """None when there is no such version; one query."""
    drafts = Agreement.objects.filter(status__in=EDITABLE, scoring_model=OuterRef("pk"))
    drafts = drafts.order_by("-version")
    found = (
        ScoringModel.objects.filter(version=version)
        .annotate(
            proposed=Subquery(drafts.values("pk")[:1]),
            proposed_version=Subquery(drafts.values("version")[:1]),
            latest=Subquery(Agreement.objects.order_by("-version").values("version")[:1]),
        )
        .first()
    )
    if found is None:
        return None
    proposed = (found.proposed, found.proposed_version) if found.proposed else None
    signed_as = found.proposed_version or (found.latest or 0) + 1
    return Subject("model", version, found.pk, not found.is_published, signed_as, proposed)


def of_agreement(version):
    """The same for an agreement."""
    found = Agreement.objects.filter(version=version).first()
    return found and Subject("agreement", version, found.pk, found.is_draft, version)


def runs(subject, weeks):
    """(the latest computation, the latest that has a result); None for what is not there."""
    asked = Computation.objects.filter(kind=KIND, params=subject.params(weeks))
    latest = list(asked.select_related("created_by").order_by("-pk")[:KEPT])
    done = next((one for one in latest if one.state == Computation.State.DONE), None)
    return (latest[0] if latest else None), done
