"""One bad plugin never stops the others; a clash names both owners; blocked means not imported."""

import sys
import textwrap

import pytest

from retention_sdk.errors import PluginError
from retention_sdk.hooks import hookimpl
from retention_sdk.hooks.manager import load

OFFER = """
from retention_sdk.hooks import hookimpl

@hookimpl
def retention_register(registry):
    registry.adapter("{name}", "{name}_package.adapter:Adapter")
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Put a distribution with one entry point on the path, as pip would."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(distribution, name, body):
        info = tmp_path / f"{distribution}-1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        module = f"{distribution}_plugin_module"
        (info / "entry_points.txt").write_text(f"[retention_sdk]\n{name} = {module}\n")
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(body))
        monkeypatch.delitem(sys.modules, module, raising=False)
        return module

    return make


def said(plugins):
    return " | ".join(map(str, plugins.problems))


def test_broken_plugins_are_reported_by_name_and_skipped(install):
    install("aaa", "aaa", "import a_missing_dependency")
    install("bbb", "bbb", OFFER.format(name="bbb") + "    1 / 0")
    install(
        "ccc", "ccc", OFFER.format(name="ccc").replace("retention_register", "retention_registre")
    )
    install("ddd", "ddd", OFFER.format(name="ddd"))

    plugins = load()

    assert "ddd" in plugins.shelves.adapters
    for words in (
        "'aaa'",
        "a_missing_dependency",
        "'bbb'",
        "ZeroDivisionError",
        "retention_registre",
    ):
        assert words in said(plugins)


def test_half_a_plugin_is_none(install):
    install("half", "half", OFFER.format(name="half") + "    raise RuntimeError('late')")

    assert "half" not in load().shelves.adapters


def test_an_entry_point_name_from_two_packages_is_refused_and_names_both(install):
    install("one-shop", "shop", OFFER.format(name="shop"))
    install("two-shop", "shop", OFFER.format(name="shop"))

    plugins = load()

    assert "shop" not in plugins.shelves.adapters
    assert "two packages offer plugin 'shop': one-shop and two-shop" in said(plugins)


def test_an_adapter_name_from_two_plugins_names_both_owners(install):
    install("yyy1", "yyy1", OFFER.format(name="same"))
    install("yyy2", "yyy2", OFFER.format(name="same"))

    plugins = load()

    assert "'yyy1'" in said(plugins)
    assert "'yyy2'" in said(plugins)
    assert "yyy1" == plugins.shelves.adapters["same"].owner
    assert "yyy2" not in plugins.names


@pytest.mark.parametrize("how", ["environment", "configuration"])
def test_a_blocked_plugin_is_not_even_imported(install, how):
    module = install("zzz", "zzz", "raise SystemExit('imported')")
    environ = {"RETENTION_BLOCK_PLUGINS": "zzz,other"} if how == "environment" else {}

    plugins = load(block=() if environ else ("zzz",), environ=environ)

    assert ["zzz"] == plugins.blocked
    assert module not in sys.modules


def test_the_environment_can_switch_discovery_off(install):
    module = install("zzz", "zzz", "raise SystemExit('imported')")

    assert ("retention_sdk",) == load(environ={"RETENTION_NO_PLUGINS": "1"}).names
    assert module not in sys.modules


def test_only_what_is_named_is_imported(install):
    wanted = install("q1", "q1", OFFER.format(name="q1"))
    other = install("q2", "q2", OFFER.format(name="q2"))

    plugins = load(only=["q1"])

    assert "q1" in plugins.shelves.adapters
    assert wanted in sys.modules
    assert other not in sys.modules


def test_plugins_are_loaded_in_the_order_of_their_names(install):
    for name in ("nnn", "mmm", "ooo"):
        install(name, name, OFFER.format(name=name))

    names = [name for name, _ in load(only=["ooo", "mmm", "nnn"]).pm.list_name_plugin()]

    assert ["retention_sdk", "mmm", "nnn", "ooo"] == names


def test_a_class_string_is_imported_on_first_use_and_names_its_owner(install):
    install("lazy", "lazy", OFFER.format(name="lazy"))
    plugins = load(only=["lazy"])

    with pytest.raises(PluginError, match=r"lazy: cannot load lazy_package\.adapter:Adapter"):
        plugins.shelves.adapters["lazy"].load()


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(PluginError, match=r"no adapter .shopware. is installed; there are: .*file"):
        load(discover=False).shelves.adapters["shopware"]


@pytest.mark.parametrize("name", ["Shop", "my shop", "", "1shop", "x" * 50])
def test_a_name_is_a_slug(name):
    class Plugin:
        @hookimpl
        def retention_register(self, registry):
            registry.channel(name, dict)

    plugins = load(discover=False)
    plugins.add(Plugin(), "p")

    assert "lower-case slug" in said(plugins)


def bad_default(context=None):
    """Ask with a default."""


def bad_argument(contexts):
    """Ask for what is not there."""


def bad_keyword(*, context):
    """Take by keyword only."""


async def bad_async(context):
    """Return a coroutine."""


def bad_generator(context):
    """Yield without being a wrapper."""
    yield "reason"


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (bad_default, "gives 'context' a default"),
        (bad_argument, "unknown argument 'contexts'"),
        (bad_keyword, "by position or keyword"),
        (bad_async, "is async"),
        (bad_generator, "yields but is not a wrapper"),
    ],
)
def test_what_pluggy_would_call_wrongly_is_refused(function, words):
    class Plugin:
        pass

    plugin = Plugin()
    plugin.retention_veto_message = hookimpl(specname="retention_veto_message")(function)
    plugins = load(discover=False)
    plugins.add(plugin, "p")

    assert words in said(plugins)
    assert "p" not in plugins.names


def test_a_class_is_not_a_plugin():
    class Plugin:
        pass

    plugins = load(discover=False)
    plugins.add(Plugin, "p")

    assert "register a module or an instance" in said(plugins)


def test_every_load_is_a_world_of_its_own():
    one, two = load(discover=False), load(discover=False)
    one.add(object(), "extra")

    assert "extra" in one.names
    assert "extra" not in two.names
