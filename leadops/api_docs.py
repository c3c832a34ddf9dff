"""The page about the API, written from its own schema; and the schema itself for generators."""

import json
from functools import cache

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

_ANY = 2**62  # a limit that nobody meets is not told
_SAID = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def page(request):
    """For everybody who signs in: it tells nothing about anybody."""
    context = {
        "endpoints": _endpoints(),
        "schema": reverse("schema"),
        "root": request.build_absolute_uri("/")[:-1],
    }
    return render(request, "api/docs.html", context)


def schema(request):
    return JsonResponse(_schema())


@cache
def _schema():
    from leadops.api import api

    return api.get_openapi_schema()


@cache
def _endpoints():
    """What the page shows of each."""
    found = []
    for path, methods in _schema()["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            found.append(
                {
                    "id": operation["operationId"],
                    "method": method.upper(),
                    "path": path,
                    "summary": operation["summary"],
                    "description": operation.get("description", ""),
                    "scope": operation.get("x-scope", ""),
                    "parameters": [_parameter(one) for one in operation["parameters"]],
                    "bodies": _bodies(body["schema"]) if body else [],
                    "example": _example(body["schema"]) if body else "",
                    "answers": list(_fields(_answer(operation), told=True)),
                    "refusals": [
                        (status, one["description"])
                        for status, one in operation["responses"].items()
                        if int(status) >= 400
                    ],
                }
            )
    return found


def _answer(operation):
    return operation["responses"][200]["content"]["application/json"]["schema"]


def _parameter(one):
    said = {"description": one.get("description", ""), **one["schema"]}
    return _row(one["name"], said, one.get("required", False))


def _bodies(schema):
    """[(of which outcome, or "", rows)]: one table for each kind of body."""
    schema = _resolved(schema)
    return [
        (_type(kind["properties"]["outcome"]) if "oneOf" in schema else "", list(_fields(kind)))
        for kind in map(_resolved, schema.get("oneOf", [schema]))
    ]


def _fields(schema, prefix="", *, told=False):
    """A row for each field, those of what is inside after it: company.name, items[].email.
    `told`: of an answer, where all of them stand."""
    schema = _resolved(schema)
    for name, said in schema.get("properties", {}).items():
        inner = _inner(said)
        is_list = inner.get("type") == "array"
        yield _row(prefix + name, said, not told and name in schema.get("required", []))
        if is_list:
            yield from _fields(inner["items"], f"{prefix}{name}[].", told=told)
        elif "properties" in inner:
            yield from _fields(inner, f"{prefix}{name}.", told=told)


def _row(name, said, required):
    inner = _inner(said)
    return {
        "name": name,
        "type": _type(inner),
        "required": required,
        "description": said.get("description", ""),
        "limits": _limits(inner),
    }


def _type(said):
    if "enum" in said or "const" in said:
        return ", ".join(str(one) for one in said.get("enum", [said.get("const")]) if one != "")
    if said.get("format") == "date-time":
        return "moment with zone"
    if said.get("format") == "date":
        return "day"
    if said.get("type") == "array":
        return "list"
    if "anyOf" in said:
        return " or ".join(dict.fromkeys(_type(one) for one in said["anyOf"]))
    kind = said.get("type", "")
    return _SAID.get(kind, kind)


def _limits(said):
    words = [
        (said.get("maxLength"), "at most {:,} characters"),
        (said.get("maxItems"), "at most {:,} items"),
        (said.get("minimum"), "from {:,}"),
        (said.get("maximum"), "to {:,}"),
    ]
    return ", ".join(
        text.format(number) for number, text in words if number is not None and number < _ANY
    )


def _inner(said):
    """What may stand there, without the null."""
    kinds = [one for one in said.get("anyOf", said.get("allOf", [])) if one.get("type") != "null"]
    return _resolved(kinds[0] if len(kinds) == 1 else said)


def _resolved(schema):
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _schema()["components"]["schemas"][name]
    return schema


def _example(schema):
    example = schema.get("example") or _resolved(schema).get("example")
    return json.dumps(example, indent=2, ensure_ascii=False) if example else ""
