"""An agreement in force without anybody being asked: for demo and test companies only.

Law 3 holds all the same: two managers sign, found or hired for it.
"""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts import roles
from accounts.models import User
from handoff import agreements, starters

_SIDES = {"marketing": roles.MARKETING_MANAGER, "sales": roles.SALES_MANAGER}


@transaction.atomic
def put_model_in_force(model, *, starter, now):
    """The agreement in force, pinning this model instead; that of this starter when there is none.

    Raises the refusals of agreements.sign.
    """
    current = agreements.in_force() or starters.load(starter)
    return put_in_force(agreements.duplicate(current, scoring_model=model), now=now)


@transaction.atomic
def put_in_force(agreement, *, now):
    """Sign for each side that has not signed. Raises the refusals of agreements.sign."""
    signed = set(agreement.signatures.values_list("side", flat=True))
    for side in _SIDES.keys() - signed:
        agreement = agreements.sign(agreement, by=_manager(side), side=side, now=now)
    return agreement


def _manager(side):
    role = _SIDES[side]
    found = User.objects.filter(is_active=True, groups__name=role).order_by("pk").first()
    return found or _hire(role)


def _hire(role):
    """Somebody who cannot sign in."""
    address = f"{role.lower().replace(' ', '-')}@trial.leadops.example"
    user = User.objects.create_user(address, None, first_name="Trial", last_name=role)
    user.groups.add(Group.objects.get(name=role))
    return User.objects.get(pk=user.pk)
