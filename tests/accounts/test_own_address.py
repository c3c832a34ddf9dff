"""Nobody gives themselves another address: it is who they are, and how they sign in."""

import pytest
from allauth.account.models import EmailAddress

from accounts.models import User
from tests.factories import RepFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "said",
    [
        {"action_add": "", "email": "boss@leadops.test"},
        {"action_primary": "", "email": "rep@leadops.test"},
        {"action_remove": "", "email": "rep@leadops.test"},
    ],
)
def test_the_page_of_addresses_is_closed(client, said):
    client.force_login(RepFactory(email="rep@leadops.test"))
    assert client.get("/account/email/").status_code == 404
    assert client.post("/account/email/", said).status_code == 404
    assert not EmailAddress.objects.exists()
    assert User.objects.get().email == "rep@leadops.test"
