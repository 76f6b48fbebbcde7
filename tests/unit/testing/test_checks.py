"""The checks on plugin modules notice what is wrong with one."""

from types import ModuleType

import pytest

from retention_sdk.hooks import hookimpl
from retention_sdk.testing import assert_light_import, assert_plugin_conforms


def a_module(**functions):
    module = ModuleType("retention_strange")
    for name, function in functions.items():
        setattr(module, name, hookimpl(function))
    return module


def test_module_that_offers_adapters_conforms():
    def register(registry):
        registry.adapter("strange", "retention_strange.adapter:Strange")

    offered = assert_plugin_conforms(a_module(retention_register=register))

    assert ["strange"] == list(offered.adapters)
    assert list(offered.channels) == []


def test_name_that_is_taken_is_told():
    def register(registry):
        registry.adapter("file", "retention_strange.adapter:Strange")

    with pytest.raises(AssertionError, match="offered by both"):
        assert_plugin_conforms(a_module(retention_register=register))


def test_default_value_is_refused():
    def register(registry=None):
        pass

    with pytest.raises(AssertionError, match="default"):
        assert_plugin_conforms(a_module(retention_register=register))


def test_other_annotation_than_the_specs_is_refused():
    def register(registry: "int"):
        pass

    with pytest.raises(AssertionError, match="annotated"):
        assert_plugin_conforms(a_module(retention_register=register))


def test_hook_that_does_not_exist_is_refused():
    def unknown(registry):
        pass

    with pytest.raises(AssertionError, match="retention_invent"):
        assert_plugin_conforms(a_module(retention_invent=unknown))


def test_heavy_import_is_named():
    with pytest.raises(AssertionError, match="sqlalchemy"):
        assert_light_import("sqlalchemy")


def test_broken_import_is_shown():
    with pytest.raises(AssertionError, match="ModuleNotFoundError"):
        assert_light_import("retention_that_is_not_there")
