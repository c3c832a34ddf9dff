"""Record what leads did, by batches."""

from typing import Annotated, Literal

from django.utils import timezone
from ninja import Router
from pydantic import Field

from accounts.api import Scope, endpoint
from intake import deeds
from leads.api_words import ItemProblem, LeadRef, Moment, Said, Told, item_problem, up_to
from leads.models import Activity

router = Router(tags=["Activities"])
MOST = 5_000
MOST_DIGITS = 10**15
EXAMPLE = {
    "items": [
        {
            "lead": {"email": "anke@halden.example"},
            "kind": "page_view",
            "happened_at": "2026-03-02T09:00:00+01:00",
            "subject": "/pricing",
            "external_id": "visit-8812-3",
            "properties": {"user_agent": "Mozilla/5.0", "method": "GET"},
        }
    ],
    "create": False,
}
Value = (
    Annotated[str, Field(max_length=2_000)]
    | Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, ge=-MOST_DIGITS, le=MOST_DIGITS)]
    | Annotated[float, Field(strict=True)]
    | None
)


class ActivitySaid(Said):
    """`external_id`: your id of this activity; sent again, it is known and not recorded twice."""

    lead: LeadRef
    kind: Activity.Kind
    happened_at: Moment
    subject: str = up_to(200, description="A page path, a title, a mail's subject.")
    body: str = up_to(20_000)
    properties: dict[Annotated[str, Field(max_length=80)], Value] = Field(
        {},
        max_length=50,
        description="Those that tell bots from people: user_agent, method, link, message_id,"
        " seconds_after_delivery.",
    )
    actor: Activity.ActorClass = Field(
        Activity.ActorClass.HUMAN, description="Who did it, as far as you know."
    )
    by: str = up_to(254, description="Email address of the colleague who called or met the lead.")
    external_id: str = up_to(120)


class ActivitiesSaid(Said):
    model_config = Said.model_config | {"json_schema_extra": {"example": EXAMPLE}}

    items: list[ActivitySaid] = Field(min_length=1, max_length=MOST)
    create: bool = Field(
        False, strict=True, description="People whom nobody knows become leads, else are refused."
    )


class ActivityTold(Told):
    id: int | None
    lead: int | None
    outcome: Literal["recorded", "known", "refused"]
    problem: ItemProblem | None


class ActivitiesTold(Told):
    """In the order of what was sent. What was refused keeps nothing else out."""

    items: list[ActivityTold]
    recorded: int
    known: int
    refused: int


@router.post(
    "/activities",
    summary="Record activities",
    **endpoint(Scope.WRITE_ACTIVITIES, ActivitiesTold),
)
def record_activities(request, said: ActivitiesSaid):
    """Scores and queues follow at once."""
    taken = deeds.take_in(request.key, said.items, now=timezone.now(), create=said.create)
    items = [_tell(one) for one in taken]
    outcomes = [one["outcome"] for one in items]
    names = ("recorded", "known", "refused")
    return {"items": items, **{name: outcomes.count(name) for name in names}}


def _tell(one):
    if one.refusal:
        problem = item_problem(one.refusal)
        return {"id": None, "lead": None, "outcome": "refused", "problem": problem}
    return {"id": one.activity, "lead": one.lead, "outcome": one.outcome, "problem": None}
