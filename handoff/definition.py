"""The parts of one agreement version, read once: what was signed never changes again."""

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Case, Subquery, Value, When

from handoff.models import Agreement, MatrixCell, Question, Reason, RequiredField
from handoff.required import column
from leads.conditions import to_q
from leads.models import Attribute
from scoring import versions
from scoring.versions import Rulebook

IN_FORCE = Subquery(Agreement.objects.filter(status="in_force").values("pk")[:1])
_QUALIFIES = {MatrixCell.Action.AUTOMATIC, MatrixCell.Action.REVIEW}


@dataclass(frozen=True)
class Definition:
    agreement: Agreement
    matrix: dict[str, str]  # grade: action
    paths: list
    vetoes: list
    required: list[RequiredField]
    reasons: list[Reason]  # with their details, in the order of the grid
    questions: list[Question]  # of its own, for the discovery call
    attributes: list[Attribute]
    rulebook: Rulebook

    def offered_at(self, name):
        return [reason for reason in self.reasons if name in reason.offered_at]

    def band_holds(self, grade):
        return self.matrix.get(grade) in _QUALIFIES

    def missing(self, lead):
        """The required facts that this lead does not have."""
        return [one for one in self.required if not getattr(lead, column(one.fact))]

    def judged(self, now):
        """Annotations for leads: `path_<id>` and `veto_<id>`, does its condition hold?"""
        named = [(f"path_{one.pk}", one) for one in self.paths]
        named += [(f"veto_{one.pk}", one) for one in self.vetoes]
        return {
            name: Case(
                When(to_q(one.condition, now=now, attributes=self.attributes), then=Value(True)),
                default=Value(False),
            )
            for name, one in named
        }


def definition(agreement_id=None):
    """Of this version; without an id of the one in force, else the newest draft. None: none yet."""
    if agreement_id is None:
        found = Agreement.objects.order_by(
            Case(When(status="in_force", then=0), default=1), "-version"
        ).first()
        if found is None or found.in_force_from is None:  # it may still change
            return found and _read(found.pk)
        agreement_id = found.pk
    return _signed(agreement_id)


def unsigned(agreement_id):
    """Of a draft, which may change at any moment: read anew each time."""
    return _read(agreement_id)


@lru_cache(maxsize=16)
def _signed(agreement_id):
    return _read(agreement_id)


def _read(agreement_id):
    agreement = Agreement.objects.select_related("scoring_model").get(pk=agreement_id)
    return Definition(
        agreement=agreement,
        matrix={cell.grade: cell.action for cell in agreement.matrix.all()},
        paths=list(agreement.paths.all()),
        vetoes=list(agreement.vetoes.all()),
        required=list(agreement.required.all()),
        reasons=list(agreement.reasons.prefetch_related("details")),
        questions=list(agreement.questions.all()),
        attributes=list(Attribute.objects.all()),
        rulebook=versions.rulebook(agreement.scoring_model),
    )
