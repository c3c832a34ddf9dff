"""The cells of a row, each read as the mapping of its column says."""

from functools import lru_cache

from intake import values

# Of all columns together. Cities, companies, yes and no come again and again, and are read once.
REMEMBERED = 50_000


class Rejected(Exception):
    """The row is not imported; the message says why."""


class Cells:
    """Reads the cells of one file. `reader_of(entry)`: of the text in a column with this mapping,
    its value; it raises values.Wrong."""

    def __init__(self, columns, mapping, reader_of):
        self.width = len(columns)
        empty = {word.casefold() for word in mapping["empty_words"]}
        used = [
            (place, column["name"], entry)
            for place, column in enumerate(columns)
            if (entry := mapping["columns"].get(column["name"])) and entry["to"]
        ]
        most = REMEMBERED // max(len(used), 1)
        self.columns = [
            (place, name, entry["to"], _reading(reader_of(entry), entry, empty, most))
            for place, name, entry in used
        ]

    def of(self, record):
        """Yield (target, value) of each cell that says something. Raises Rejected."""
        if record.fault:
            raise Rejected(record.fault)
        cells = record.cells
        if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
            raise Rejected(f"{len(cells)} cells, but the file has {self.width} columns.")
        for place, name, target, read in self.columns:
            if place >= len(cells):
                return
            try:
                value = read(cells[place])
            except values.Wrong as error:
                raise Rejected(f"{values.short(name)}: {error}") from error
            if value is not None:
                yield target, value


def fitting(text, most):
    if len(text) > most:
        raise values.Wrong(f"{len(text):,} characters, {most:,} fit.")
    return text


def _reading(value_of, entry, empty, most):
    """The value of a cell, or None where it says nothing."""
    meant = {cell.casefold(): value for cell, value in entry.get("values", {}).items()}

    @lru_cache(most)
    def read(cell):
        text = values.clean(cell)
        if meant:
            text = meant.get(text.casefold(), text)
        if not text or text.casefold() in empty:
            return None
        _check_characters(text)
        return value_of(text)

    return read


def _check_characters(text):
    if "\x00" in text:
        raise values.Wrong("contains a NUL character (a zero byte).")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        raise values.Wrong("contains a byte that is no text in this encoding.")
