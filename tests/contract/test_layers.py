"""Imports point down, third-party libraries have one home, and nothing grows too large."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "retention_sdk"
FILES = sorted(PACKAGE.rglob("*.py"))
LAYERS = {
    "errors": 0, "http": 0, "lazily": 0, "signatures": 0, "threads": 0,
    "model": 1,
    "settings_file": 2,
    "adapter": 2, "shop_api": 2, "channels": 2, "storage": 2,
    "adapters": 3, "context": 3, "l10n": 3,
    "consent": 4, "loyalty": 4,
    "inserts": 5, "messages": 5,
    "hooks": 6,
    "pipeline": 7, "config": 7, "app": 7, "brand": 7,
    "cli": 8, "testing": 8, "demo": 8, "web": 8,
}  # fmt: skip
SAME_LAYER = {
    ("app", "pipeline"),
    ("app", "config"),
    ("pipeline", "config"),
    ("config", "brand"),
    ("cli", "demo"),
    ("cli", "web"),
    ("cli", "testing"),
    ("demo", "testing"),
}
HOMES = {
    "typst": {"inserts/render.py"},
    "pluggy": {"hooks"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "cryptography": {"storage"},
    "babel": {"l10n"},
    "phonenumbers": {"l10n"},
    "jinja2": {"messages"},
    "pikepdf": {"inserts"},
    "pypdfium2": {"inserts"},
    "PIL": {"inserts"},
    "zxingcpp": {"inserts"},
    "starlette": {"web"},
    "anyio": {"web"},
    "uvicorn": {"cli"},
    "uharfbuzz": {"inserts"},
    "pytest": {"testing"},
    "httpx": {"http.py"},
    "httpx2": {"http.py"},
    "typer": {"cli"},
    "rich": {"cli"},
}
LINES_MAX, FUNCTION_MAX = 300, 60


def place(path):
    return path.relative_to(PACKAGE).as_posix()


def part(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    """Yield (line, dotted module) of every import that runs, wherever it stands."""
    tree = ast.parse(path.read_text())
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for branch in node.body
        for inner in ast.walk(branch)
    }
    package = ("retention_sdk", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = (*base, *filter(None, [node.module]))
            yield from ((node.lineno, ".".join((*module, alias.name))) for alias in node.names)


def test_every_part_of_the_package_has_a_layer():
    assert set() == {part(path) for path in FILES} - set(LAYERS) - {"__init__"}


def test_imports_point_down_and_siblings_do_not_know_each_other():
    wrong = []
    for path in FILES:
        here = part(path)
        for line, module in imports(path):
            there = [*module.split("."), ""][1]
            if not module.startswith("retention_sdk.") or there not in LAYERS or there == here:
                continue
            if here == "__init__" or (here, there) in SAME_LAYER:
                continue
            if LAYERS[there] >= LAYERS[here]:
                wrong.append(f"{place(path)}:{line} imports {there}")
    assert [] == wrong


def test_third_party_libraries_have_one_home():
    strays = [
        f"{place(path)}:{line} imports {module}"
        for path in FILES
        for line, module in imports(path)
        if (homes := HOMES.get(module.split(".")[0]))
        and not any(place(path).startswith(home) for home in homes)
    ]
    assert [] == strays


def code_lines(path):
    """Count lines that are neither blank, nor comment, nor docstring."""
    text = path.read_text()
    tree = ast.parse(text)
    lines = {
        n for n, line in enumerate(text.splitlines(), 1) if line.strip() and line.strip()[0] != "#"
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize("path", FILES, ids=place)
def test_files_and_functions_stay_small(path):
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_MAX
    ]

    assert [] == long
    assert LINES_MAX >= code_lines(path)
