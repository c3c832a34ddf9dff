"""What a condition may say: fields, kinds, operators, and the check of a condition on save."""


def validate(condition, attributes=None):
    """Raise a ValidationError which names the place of what is wrong."""
