"""Files that people hand in and get back: reading within limits, names, safe cells, whole or not at all. It knows no papers."""

from .identity import IdError, checked_id, file_stem, identity
from .lines import BrokenLine, Line, LongLine, encoding_named, read_lines
from .places import FileFault, Place
from .records import Record, Rejected, Stretch
from .sources import Source
from .table import Table, TableError
from .writing import Staging, csv_line, safe_cell, write_whole

__all__ = [
    "BrokenLine",
    "FileFault",
    "IdError",
    "Line",
    "LongLine",
    "Place",
    "Record",
    "Rejected",
    "Source",
    "Staging",
    "Stretch",
    "Table",
    "TableError",
    "checked_id",
    "csv_line",
    "encoding_named",
    "file_stem",
    "identity",
    "read_lines",
    "safe_cell",
    "write_whole",
]  # fmt: skip
