"""What a browser would send back from a page of the admin, so that tests change only one thing."""

from html.parser import HTMLParser


def posted(form_page, **changes):
    """What a browser would send back from this page."""
    form = form_page.context["adminform"].form
    data = {name: form.initial.get(name, form[name].initial) for name in form.fields}
    if "facts" in form.fields:
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
    return inputs(widget.render(name, value))


def inputs(html):
    """{name: what a browser would send}, a list where there may be several."""
    return _Inputs(html).values


class _Inputs(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.values, self.select, self.area = {}, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input" and "name" in attrs:
            self.values[attrs["name"]] = attrs.get("value") or ""
        elif tag == "textarea":
            self.area = attrs["name"]
            self.values[self.area] = ""
        elif tag == "select":
            self.select, self.several = attrs["name"], "multiple" in attrs
            if self.several:
                self.values[self.select] = []
        elif tag == "option" and self.select:
            self._choose(attrs)

    def _choose(self, attrs):
        if self.several:
            self.values[self.select] += [attrs["value"]] if "selected" in attrs else []
        elif "selected" in attrs or self.select not in self.values:
            self.values[self.select] = attrs["value"]

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag):
        if tag in ("select", "textarea"):
            self.select = self.area = None
