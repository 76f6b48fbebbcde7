"""Finds plugins, loads them one by one, and survives a broken one."""

from __future__ import annotations

import inspect
import os
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

import pluggy

from ..errors import PluginError
from . import PREFIX, PROJECT, spec
from .calls import HookCalls
from .registry import Registry, Shelves

NO_PLUGINS = "RETENTION_NO_PLUGINS"
BLOCK_PLUGINS = "RETENTION_BLOCK_PLUGINS"


@dataclass
class Plugins:
    """The plugins of one application. There is no global manager: ``load`` makes a new one."""

    pm: pluggy.PluginManager
    shelves: Shelves = field(default_factory=Shelves)
    problems: list[PluginError] = field(default_factory=list)
    blocked: list[str] = field(default_factory=list)

    @property
    def call(self) -> HookCalls:
        """The typed face of all hooks."""
        return HookCalls(self.pm)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the plugins that were loaded, sorted."""
        return tuple(sorted(name for name, _ in self.pm.list_name_plugin()))

    def add(self, plugin: object, name: str) -> None:
        """Register one plugin whole, or report it in ``problems`` and leave nothing of it."""
        try:
            self._add(plugin, name)
        except PluginError as error:
            self._drop(name)
            self.problems.append(error)
        except Exception as error:  # noqa: BLE001 - a stranger's code; reported, never fatal
            self._drop(name)
            self.problems.append(PluginError(f"plugin {name!r}: {type(error).__name__}: {error}"))

    def _add(self, plugin: object, name: str) -> None:
        if inspect.isclass(plugin):
            raise PluginError(f"plugin {name!r} is a class; register a module or an instance")
        _check_implementations(plugin, name)
        staged = Shelves()
        register = getattr(plugin, f"{PREFIX}register", None)
        if register is not None:
            register(Registry(staged, owner=name))
        self.pm.register(plugin, name=name)
        self.shelves.absorb(staged)

    def _drop(self, name: str) -> None:
        if self.pm.has_plugin(name):
            self.pm.unregister(name=name)


def load(
    only: Collection[str] | None = None,
    *,
    block: Collection[str] = (),
    discover: bool = True,
    environ: Mapping[str, str] = os.environ,
) -> Plugins:
    """Return the installed plugins, in the order of their names.

    ``only`` names the entry points to import, None means all; ``block`` and the environment
    variable RETENTION_BLOCK_PLUGINS (names with commas) name those never to import;
    RETENTION_NO_PLUGINS switches discovery off. What fails is in ``problems``.
    """
    pm = pluggy.PluginManager(PROJECT)
    pm.add_hookspecs(spec)
    plugins = Plugins(pm)
    plugins.add(_builtin(), "retention_sdk")
    if not discover or environ.get(NO_PLUGINS):
        return plugins
    blocked = {*block, *filter(None, environ.get(BLOCK_PLUGINS, "").split(","))}
    for name, points in sorted(_found().items()):
        if name in blocked:
            plugins.blocked.append(name)
        elif only is None or name in only:
            _load_one(plugins, name, points)
    return plugins


def _builtin() -> ModuleType:
    from . import builtin

    return builtin


def _found() -> dict[str, list[EntryPoint]]:
    """Entry points by name. One distribution found twice on the path counts once."""
    found: dict[str, dict[str, EntryPoint]] = defaultdict(dict)
    for point in entry_points(group=PROJECT):
        found[point.name].setdefault(_owner(point), point)
    return {name: [points[owner] for owner in sorted(points)] for name, points in found.items()}


def _owner(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def _load_one(plugins: Plugins, name: str, points: list[EntryPoint]) -> None:
    if len(points) > 1:
        owners = " and ".join(_owner(point) for point in points)
        message = f"two packages offer plugin {name!r}: {owners}; uninstall one of them"
        plugins.problems.append(PluginError(message))
        return
    try:
        module = points[0].load()
    except Exception as error:  # noqa: BLE001 - a stranger's import; reported, never fatal
        message = f"plugin {name!r} ({_owner(points[0])}): {type(error).__name__}: {error}"
        plugins.problems.append(PluginError(message))
        return
    plugins.add(module, name)


def _check_implementations(plugin: object, name: str) -> None:
    """Refuse what pluggy would silently accept and never call, or call wrongly."""
    for attribute in dir(plugin):
        function = getattr(plugin, attribute, None)
        options = getattr(function, f"{PROJECT}_impl", None)
        if options is None or not callable(function):
            continue
        hook = options.get("specname") or attribute
        if not hasattr(spec, hook) or not hook.startswith(PREFIX):
            known = ", ".join(sorted(n for n in vars(spec) if n.startswith(PREFIX)))
            raise PluginError(f"plugin {name!r} implements unknown hook {hook!r}; known: {known}")
        _check_signature(function, getattr(spec, hook), f"plugin {name!r}: {hook}")
        if inspect.isgeneratorfunction(function) and not options.get("wrapper"):
            raise PluginError(f"plugin {name!r}: {hook} yields but is not a wrapper")


def _check_signature(function: object, specified: object, who: str) -> None:
    if inspect.iscoroutinefunction(function):
        raise PluginError(f"{who} is async; do asynchronous work in a channel")
    offered = inspect.signature(specified).parameters  # type: ignore[arg-type] # a function
    for parameter in inspect.signature(function).parameters.values():  # type: ignore[arg-type] # as above
        if parameter.name not in offered:
            raise PluginError(f"{who} asks for unknown argument {parameter.name!r}")
        if parameter.default is not parameter.empty:
            raise PluginError(f"{who} gives {parameter.name!r} a default; pluggy would pass that")
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise PluginError(f"{who} must take {parameter.name!r} by position or keyword")
