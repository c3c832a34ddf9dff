"""One page, one URL, two renderings. Lives in accounts because every app may import it."""

from django.shortcuts import render


def number(text):
    """A row's id or a count out of an address, or None when the text is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def current_path(request):
    """Where htmx says that the browser is; "" for what is no address of ours."""
    try:
        return request.htmx.current_url_abs_path or ""
    except ValueError:
        return ""


def page(request, template, context=None, *, part=None, status=None):
    """The whole page, or only its partial `part` when htmx asks for it.

    A history restore (the back button) gets the whole page, whatever its headers say.
    """
    if part and request.htmx and not request.htmx.history_restore_request:
        template = f"{template}#{part}"
    return render(request, template, context, status=status)
