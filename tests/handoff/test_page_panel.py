"""The handoff side of the lead page, and the forms of its actions."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from handoff import bant, forms
from handoff.models import Opportunity
from leads.models import Lead
from leads.perform import perform
from leads.refusals import Missing
from tests import story
from tests.factories import LeadFactory, RepFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


def url(lead):
    return reverse("handoff:panel", args=[lead.pk])


def filled(form, lead, user, **typed):
    made = form(typed, leads=[lead], user=user)
    assert made.is_valid(), made.errors
    return made.cleaned_data


def an_sql(rep):
    lead = story.accepted(by=rep)
    now = timezone.now()
    said = dict.fromkeys(("budget", "need", "timeline"), ("yes", "stated", ""))
    bant.record(lead, said, by=rep, now=now)
    lead.discoveries.create(by=rep, held_at=now, outcome="ready")
    return perform(lead, "qualify_sales", by=rep, next_step_at=now + timedelta(days=1))


def test_the_panel_tells_agreement_bant_clocks_and_handoffs(client, django_assert_max_num_queries):
    rep = RepFactory(first_name="Elin", last_name="Sjöberg")
    lead = story.accepted(by=rep)
    client.force_login(rep)
    client.get(url(lead))
    with django_assert_max_num_queries(3 + 5):  # session, person, rights; then the panel
        page = client.get(url(lead)).content.decode()
    assert "Agreement v1" in page
    assert "data 5 of 5" in page
    assert "BANT 0 of 4" in page
    assert "Elin Sjöberg: Accepted" in page
    assert "<html" not in page


def test_the_panel_tells_why_a_handoff_came_back_in_words(client):
    lead = story.handed_off()
    perform(lead, "reject", by=lead.owner, reason="no_authority")
    client.force_login(UserFactory())
    page = client.get(url(lead)).content.decode()
    assert "No authority" in page
    assert "no_authority" not in page
    assert "not yet" not in page  # nobody saw it before it was decided, and nobody will


def test_the_panel_of_a_new_lead_without_any_agreement(client):
    client.force_login(UserFactory())
    assert "No agreement yet" in client.get(url(LeadFactory())).content.decode()


def test_the_panel_is_hidden_from_those_who_may_not_see_the_lead(client):
    lead = story.accepted()
    client.force_login(RepFactory())
    assert client.get(url(lead)).status_code == 404
    client.force_login(UserFactory(role=roles.CUSTOMER_SUCCESS))
    assert client.get(url(lead)).status_code == 404


def test_a_lead_goes_to_the_person_or_team_that_was_chosen():
    marketer, rep, team = UserFactory(), RepFactory(), TeamFactory()
    to_rep, to_team, by_turn = story.an_mql(), story.an_mql(), story.an_mql()
    typed = filled(forms.HandOffForm, to_rep, marketer, to=f"user:{rep.pk}", note="Met at the fair")
    assert perform(to_rep, "hand_off", by=marketer, **typed).owner == rep
    typed = filled(forms.HandOffForm, to_team, marketer, to=f"team:{team.pk}")
    lead = perform(to_team, "hand_off", by=marketer, **typed)
    assert (lead.owner, lead.team) == (None, team)
    assert filled(forms.HandOffForm, by_turn, marketer) == {"note": ""}


def test_a_refusal_stands_at_its_field():
    lead, marketer = story.an_mql(), UserFactory()
    form = forms.HandOffForm({}, leads=[lead], user=marketer)
    assert form.is_valid()
    form.refuse(Missing("Nobody can take it.", field="to_user"))
    assert form.errors["to"] == ["Nobody can take it."]
    form.refuse(Missing("Phone is missing.", field="phone"))
    assert form.non_field_errors() == ["Phone is missing."]


def test_a_lead_in_sales_can_only_be_reassigned_to_another_person():
    rep, other, manager = RepFactory(), RepFactory(), UserFactory(role=roles.SALES_MANAGER)
    lead = story.accepted(by=rep)
    form = forms.ReassignForm(leads=[lead], user=manager)
    offered = [value for value, _label in form.fields["to"].choices]
    assert offered == ["", f"user:{other.pk}"]
    typed = filled(forms.ReassignForm, lead, manager, to=f"user:{other.pk}")
    assert perform(lead, "reassign", by=manager, **typed).owner == other


def test_winning_takes_an_amount_and_losing_a_reason():
    rep = RepFactory()
    won, lost = an_sql(rep), an_sql(rep)
    assert not forms.WinForm({"amount": "-5"}, leads=[won], user=rep).is_valid()
    perform(won, "win", by=rep, **filled(forms.WinForm, won, rep, amount="18400"))
    assert Opportunity.objects.get(lead=won).status == "won"
    assert not forms.LoseForm({}, leads=[lost], user=rep).is_valid()
    perform(lost, "lose", by=rep, **filled(forms.LoseForm, lost, rep, reason="price"))
    assert Lead.objects.get(pk=lost.pk).stage == "lost"


def test_the_grid_offers_each_reason_at_its_place_with_its_consequence():
    lead = story.handed_off()
    grid = {one.letter: one for one in forms.RejectForm(leads=[lead], user=lead.owner).reasons}
    assert list(grid) == list("ABCDEFGHIJKL")
    assert grid["D"].needs_date
    assert grid["L"].needs_goal
    assert "never contacted again" in grid["I"].consequence
    recycle = forms.RecycleForm(leads=[lead], user=lead.owner).reasons
    assert recycle[-1].letter == "M"  # unreachable has no place among the twelve


def test_only_a_manager_can_give_a_reason_to_override():
    lead = LeadFactory()
    assert "reason" not in forms.QualifyForm(leads=[lead], user=UserFactory()).fields
    manager = UserFactory(role=roles.MARKETING_MANAGER)
    assert "reason" in forms.QualifyForm(leads=[lead], user=manager).fields


def test_the_call_is_proposed_for_the_next_working_morning():
    friday = timezone.make_aware(timezone.datetime(2026, 11, 20, 17, 0))
    proposed = forms.next_working_morning(friday)
    assert (proposed.isoweekday(), proposed.hour) == (1, 10)
