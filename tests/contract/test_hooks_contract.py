"""Hooks, façade, tests and reference page cannot drift apart."""

import inspect
from pathlib import Path

import pytest

from retention_sdk.hooks import PREFIX, spec
from retention_sdk.hooks.calls import HookCalls

ROOT = Path(__file__).parents[2]
HOOKS = sorted(name for name in vars(spec) if name.startswith(PREFIX))
CALLED = [name for name in HOOKS if name != "retention_register"]  # the manager calls that one


def test_there_are_registration_and_twelve_more():
    assert 13 == len(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_called_and_is_annotated(name):
    hook = getattr(spec, name)
    signature = inspect.signature(hook)

    assert "Called" in hook.__doc__
    assert signature.return_annotation is not signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not parameter.empty
        assert parameter.default is parameter.empty


@pytest.mark.parametrize("name", CALLED)
def test_the_facade_takes_what_the_hook_takes(name):
    hook = inspect.signature(getattr(spec, name)).parameters
    method = dict(inspect.signature(getattr(HookCalls, name.removeprefix(PREFIX))).parameters)
    del method["self"]

    assert {n: p.annotation for n, p in hook.items()} == {
        n: p.annotation for n, p in method.items()
    }
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in method.values())


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_test_named_after_it(name):
    tests = (ROOT / "tests/unit/hooks/test_calls.py").read_text()

    assert f"def test_{name}(" in tests


def test_nothing_but_the_facade_touches_raw_hooks():
    package = ROOT / "retention_sdk"
    touching = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "pm.hook" in path.read_text()
    }

    assert {"hooks/calls.py"} == touching
