"""How the cards of one shop can look: templates and styles beside ours, and who draws them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ...errors import ConfigError, PluginError, PrintError
from ...inserts import BUILT_IN_TEMPLATES, Card, CardTemplate, RenderedCard, render_card
from ...inserts.style import CardStyle, read_styles

if TYPE_CHECKING:
    from ...hooks.registry import Shelf
    from ...inserts.worker import TemplateWorker


@dataclass(frozen=True)
class Looks:
    """Templates and styles by name. The built-in ones need not be among them."""

    templates: Mapping[str, CardTemplate] = field(default_factory=dict)
    styles: Mapping[str, CardStyle] = field(default_factory=dict)

    def draw(
        self,
        card: Card,
        *,
        created_at: datetime,
        format: str,  # noqa: A002 - the word of the trade
        preview: bool = True,
    ) -> RenderedCard:
        """Draw a card; what a stranger's template does, it does in a process with limits.

        Raises:
            PluginError: the plugin that brought the template is gone.
            PrintError: the card cannot be printed as it should be.
        """
        template = self.template_for(card.template)
        if template is not None and not template.is_trusted:
            return self._worker.render(card, template, created_at=created_at, format=format)
        return render_card(
            card,
            created_at=created_at,
            template=template,
            styles=self.styles,
            format=format,
            preview=preview,
        )

    def template_for(self, name: str) -> CardTemplate | None:
        """Return a template that is not built in; None for one that is.

        Raises:
            PluginError: the plugin that brought it is gone.
        """
        if name in self.templates or name in BUILT_IN_TEMPLATES:
            return self.templates.get(name)
        message = f"the card template {name!r} is not installed any more; install its plugin"
        raise PluginError(message)

    def trusted_template_for(self, name: str) -> CardTemplate | None:
        """Return a template that may be drawn in this process.

        Raises:
            PrintError: a stranger wrote it; only its PDF can be had.
        """
        template = self.template_for(name)
        if template is not None and not template.is_trusted:
            raise PrintError(f"template {name}: a stranger's template is printed as PDF only")
        return template

    def close(self) -> None:
        """End the process that draws strangers' templates, if it was started."""
        if "_worker" in self.__dict__:
            self._worker.close()

    @cached_property
    def _worker(self) -> TemplateWorker:
        from ...inserts.worker import TemplateWorker

        return TemplateWorker()


def gather_looks(
    templates: Shelf[CardTemplate],
    styles: Shelf[CardStyle],
    *,
    own_styles: Path | None = None,
    foreign_templates: Path | None = None,
) -> Looks:
    """Return what plugins bring, what lies in a shop's folders going before it.

    Raises:
        PluginError: a plugin's template or style cannot be loaded.
        PrintError: a style or template in a folder is not right.
    """
    brought = {name: styles[name].load()() for name in styles}
    own = read_styles(own_styles) if own_styles else {}
    foreign = read_foreign_templates(foreign_templates) if foreign_templates else {}
    return Looks({name: templates[name].load()() for name in templates} | foreign, brought | own)


def read_foreign_templates(folder: Path) -> dict[str, CardTemplate]:
    """Return the templates of strangers: each folder in this one is one, by its name.

    Raises:
        ConfigError: there is no such folder.
        PrintError: a folder holds a link, a file that is not ours to replace, or has no good name.
    """
    from ...inserts.worker import read_template_folder

    if not folder.is_dir():
        raise ConfigError("there is no such folder", key="inserts.foreign_templates")
    found = {}
    for path in sorted(each for each in folder.iterdir() if each.is_dir()):
        sources = read_template_folder(path)
        try:
            template = CardTemplate(name=path.name, sources=sources, is_trusted=False)
        except ValidationError as error:
            reason = error.errors(include_input=False)[0]["msg"].removeprefix("Value error, ")
            raise PrintError(f"template {path.name}: {reason}") from None
        found[path.name] = template
    return found
