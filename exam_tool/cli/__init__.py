"""The command line: one module a command. Nothing here is imported by the rest, and heavy things only inside commands."""

from .main import main

__all__ = ["main"]
