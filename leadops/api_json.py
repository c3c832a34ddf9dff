"""Reads the JSON of a request. Nothing comes in that no text or number of ours can be."""

from ninja.parser import Parser
from pydantic_core import from_json

from accounts.problems import ApiError


class JsonParser(Parser):
    """Refuses NaN, lone surrogates, NUL and what nests too deep."""

    def parse_body(self, request):
        try:
            said = from_json(request.body, allow_inf_nan=False)
        except ValueError as error:
            raise ApiError(400, f"This is no JSON: {error}.") from None
        if b"\\u0000" in request.body:
            _refuse_nul(said)
        return said


def _refuse_nul(said, place=""):
    """A text with a NUL can be stored nowhere."""
    if isinstance(said, str) and "\0" in said:
        raise ApiError(422, f"{place}: a NUL character is no text.", [(place, "NUL")])
    if isinstance(said, dict):
        for name, value in said.items():
            _refuse_nul(name, place)
            _refuse_nul(value, f"{place}.{name}".lstrip("."))
    elif isinstance(said, list):
        for number, value in enumerate(said):
            _refuse_nul(value, f"{place}[{number}]")
