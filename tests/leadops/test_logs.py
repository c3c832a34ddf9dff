"""What an error says in the logs names no person."""

import logging
import logging.config

import pytest
from django.db import IntegrityError, transaction

from leadops import logs
from tests.factories import LeadFactory

EMAIL = "anna@kempen.example"


@pytest.fixture(params=[True, False])
def logged(request, capsys):
    """Logs the error it is given, and returns what stands in the logs."""
    level, handlers = logging.root.level, logging.root.handlers

    def logged(error):
        logging.config.dictConfig(logs.configure("INFO", as_json=request.param))
        logging.getLogger("leads").error("not taken in yet", exc_info=error)
        logging.getLogger("celery.app.trace").error("Task x raised: %r", error)
        return capsys.readouterr().err

    yield logged
    logging.root.handlers, logging.root.level = handlers, level


@pytest.mark.django_db
def test_an_error_of_the_database_does_not_tell_whose_row_it_was(logged):
    LeadFactory(email=EMAIL)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        LeadFactory(email=EMAIL)
    said = logged(error.value)
    assert "not taken in yet" in said
    assert "duplicate key value violates unique constraint" in said
    assert said.count("DETAIL: left out.") == said.count("DETAIL") > 1
    assert "anna" not in said
