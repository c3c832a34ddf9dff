"""The builder of a condition, rendered anew from what it holds: a row more, another field."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leads.conditions.form import ConditionBuilder, ConditionRowsField
from leads.counting import how_many
from leads.models import Lead


@require_POST
def builder(request):
    """The builder that was used: the one whose input htmx names."""
    name = request.headers.get("HX-Trigger-Name", "").partition(".")[0]
    if f"{name}.0.match" not in request.POST:
        raise BadRequest("No condition was posted.")
    field = ConditionRowsField()
    widget: ConditionBuilder = field.widget
    if f"{name}.counts" in request.POST:
        leads, now = Lead.objects.visible_to(request.user).unmerged(), timezone.now()
        widget.count = lambda condition: how_many(leads, condition, widget.offers.attributes, now)
    built = widget.value_from_datadict(request.POST, None, name)
    built.action = built.action or "show"
    return HttpResponse(widget.render(name, built, {"id": f"id_{name}"}))
