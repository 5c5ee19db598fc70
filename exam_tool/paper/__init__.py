"""Papers and their keys: which problems, whose numbers, and the files they are handed out in. Nothing here marks an answer."""

from .build import build_paper, rebuilt, stored_item, variant_seed
from .folder import Written, write_papers
from .model import TOOL, Item, Paper, Sheet, Slot
from .roster import Roster, Student, read_roster
from .selection import Chosen, Selection, select
from .sheets import markdown_sheet, marks_text, questions
from .storage import load_key

__all__ = [
    "TOOL", "Chosen", "Item", "Paper", "Roster", "Selection", "Sheet", "Slot", "Student", "Written", "build_paper", "load_key",
    "markdown_sheet", "marks_text", "questions", "read_roster", "rebuilt", "select", "stored_item", "variant_seed", "write_papers",
]  # fmt: skip
