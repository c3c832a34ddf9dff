"""One page, one URL, two renderings. Lives in accounts because every app may import it."""

from django.shortcuts import render


def page(request, template, context=None, *, part=None, status=None):
    """The whole page, or only its partial `part` when htmx asks for it.

    A history restore (the back button) gets the whole page, whatever its headers say.
    """
    if part and request.htmx and not request.htmx.history_restore_request:
        template = f"{template}#{part}"
    return render(request, template, context, status=status)
