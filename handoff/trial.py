"""A scoring model in force without anybody being asked: for demo and test companies only.

Law 3 holds all the same: two managers sign, found or hired for it.
"""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import roles
from accounts.models import User
from handoff import agreements, starters

_SIDES = {"marketing": roles.MARKETING_MANAGER, "sales": roles.SALES_MANAGER}


@transaction.atomic
def put_in_force(model, *, starter, now):
    """The agreement in force, pinning this model instead; of this starter when there is none.

    Raises the refusals of agreements.sign, Missing for a model without rules among them.
    """
    current = agreements.in_force() or starters.load(starter)
    draft = agreements.duplicate(current, scoring_model=model)
    for side, role in _SIDES.items():
        draft = agreements.sign(draft, by=_manager(role), side=side, now=now)
    return draft


def _manager(role):
    found = User.objects.filter(is_active=True, groups__name=role).order_by("pk").first()
    return found or _hire(role)


def _hire(role):
    """Somebody who cannot sign in."""
    address = f"{role.lower().replace(' ', '-')}@trial.leadops.example"
    user = User.objects.create_user(address, None, first_name="Trial", last_name=role)
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)
