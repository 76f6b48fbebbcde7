"""The faces that cards are set in: Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Indic, Thai.

The files are what ``SOURCES.json`` names, unchanged; their licences lie beside them.
"""

from importlib.resources import files
from pathlib import Path


def directory() -> Path:
    """Return the folder that holds the font files."""
    return Path(str(files(__name__))) / "fonts"
