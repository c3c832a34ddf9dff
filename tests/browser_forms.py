"""What a browser would send back from a page of the admin, so that tests change only one thing."""


def posted(form_page, **changes):
    """What a browser would send back from this page."""
    form = form_page.context["adminform"].form
    data = {name: form.initial.get(name, form[name].initial) for name in form.fields}
    data["facts"] = form.initial.get("facts", [])
    for formset in form_page.context["inline_admin_formsets"]:
        prefix, management = formset.formset.prefix, formset.formset.management_form
        data |= {f"{prefix}-{name}": management[name].value() for name in management.fields}
        for row in formset.formset.forms:
            data |= _row(row)
    return {k: "" if v is None else v for k, v in (data | changes).items()}


def _row(form):
    data = {}
    for name in form.fields:
        value = form[name].value()
        if name == "condition":
            data |= _condition(form.add_prefix(name), value, form.fields[name].widget)
        elif name != "DELETE":
            data[form.add_prefix(name)] = getattr(value, "pk", value)
    return data


def _condition(name, value, widget):
    context = widget.get_context(name, value, {})
    data = {f"{name}-match": context["match"]} if "match" in context else {}
    for row in context.get("rows", []):
        data |= {row.add_prefix(key): row[key].value() or "" for key in row.fields}
    return data
