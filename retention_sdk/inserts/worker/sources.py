"""Read the files of a template that somebody else wrote, before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

from ...errors import PrintError
from ..template import REPLACEABLE, CardTemplate

_BYTES_MAX = 256 * 1024
# Every written form of a package's name; names put together at run time fail in the worker,
# which has no network and no package folder.
_PACKAGE = re.compile(rb"\"@[A-Za-z0-9_-]+/|@(preview|local)\b")


def read_template_folder(folder: Path) -> dict[str, bytes]:
    """Return the Typst files of a folder, for ``CardTemplate.sources``. Other files are refused.

    Raises:
        PrintError: the folder or a file in it is a link, is not Typst of ours, is larger than
            256 KB, or imports a package.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise PrintError(f"{folder.name} is not a folder of templates; links are not followed")
    sources = {}
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file():
            raise PrintError(f"{path.name} is a link or a folder; a template is plain files")
        if path.name not in REPLACEABLE:
            raise PrintError(f"{path.name} is not one of {', '.join(REPLACEABLE)}")
        if path.stat().st_size > _BYTES_MAX:
            raise PrintError(f"{path.name} is larger than {_BYTES_MAX // 1024} KB")
        sources[path.name] = path.read_bytes()
    return sources


def check_sources(template: CardTemplate) -> None:
    """Refuse sources that are too large or name a package.

    Raises:
        PrintError: with the name of the template and of the file.
    """
    for name, source in template.sources.items():
        if len(source) > _BYTES_MAX:
            raise PrintError(f"template {template.name}: {name} is larger than 256 KB")
        if _PACKAGE.search(source):
            raise PrintError(
                f"template {template.name}: {name} imports a package; templates stand alone"
            )
