"""How the cards of one shop can look: the templates of plugins, and the styles beside ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import PluginError
from ..inserts import BUILT_IN_TEMPLATES, CardTemplate
from ..inserts.style import CardStyle, read_styles

if TYPE_CHECKING:
    from ..hooks.registry import Shelf


@dataclass(frozen=True, slots=True)
class Looks:
    """Templates and styles by name. The built-in ones need not be among them."""

    templates: Mapping[str, CardTemplate] = field(default_factory=dict)
    styles: Mapping[str, CardStyle] = field(default_factory=dict)

    def template_for(self, name: str) -> CardTemplate | None:
        """Return a plugin's template; None for a built-in one.

        Raises:
            PluginError: the plugin that brought it is gone.
        """
        if name in self.templates or name in BUILT_IN_TEMPLATES:
            return self.templates.get(name)
        message = f"the card template {name!r} is not installed any more; install its plugin"
        raise PluginError(message)


def gather_looks(
    templates: Shelf[CardTemplate], styles: Shelf[CardStyle], folder: Path | None
) -> Looks:
    """Return what plugins bring, and the styles in a shop's own folder, which come first.

    Raises:
        PluginError: a plugin's template or style cannot be loaded.
        PrintError: a style in the folder is not right.
    """
    brought = {name: styles[name].load()() for name in styles}
    own = read_styles(folder) if folder else {}
    return Looks({name: templates[name].load()() for name in templates}, brought | own)
