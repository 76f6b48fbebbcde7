"""``retention new-adapter`` writes a package that is finished enough to run."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from retention_sdk.cli import main
from retention_sdk.errors import ConfigError
from retention_sdk.testing import write_adapter_package
from retention_sdk.testing.scaffold import SIGNATURES

ROOT = Path(__file__).parents[3]


VARIANTS = [
    (signature, has_api)
    for signature in SIGNATURES
    for has_api in (False, True)
    if has_api or signature != "none"
]
SAMPLE = [("hmac-base64", True), ("standard-webhooks", False), ("static-header", False)]
# The default runs below; all of them run with RETENTION_SOAK=1.
RUN = VARIANTS if os.environ.get("RETENTION_SOAK") else SAMPLE


@pytest.fixture
def package(tmp_path):
    return write_adapter_package("myshop", tmp_path)


def run_kit(*packages, only=""):
    search = os.pathsep.join(map(str, (ROOT, *packages)))
    wishes = ["-q", "-W", "error", "-p", "no:cacheprovider", "--import-mode=importlib"]
    wishes += ["-k", only] if only else []
    return subprocess.run(
        [sys.executable, "-m", "pytest", *wishes, *(str(each / "tests") for each in packages)],
        cwd=packages[0],
        env={**os.environ, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
    )


def finish(package):
    """Do what the README asks for, as an author who has only documentation would."""
    readme, provenance = package / "README.md", package / "tests/payloads/PROVENANCE.md"
    for path in (readme, provenance):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("TO SAY: ", "Tier C, synthetic: "), encoding="utf-8")


def test_new_package_is_red_for_what_is_left_to_do_and_green_once_it_was_done(package):
    first = run_kit(package)
    finish(package)
    second = run_kit(package, only="golden or readme")

    assert "2 failed" in first.stdout
    assert "wrote paid.expected.json, guest.expected.json: read them, commit them" in first.stdout
    assert "still to say, see From here in README.md:" in first.stdout
    assert "README.md: in Myshop's own words, where a shop owner creates" in first.stdout
    assert "PROVENANCE.md: where each file comes from; these are synthetic" in first.stdout
    assert "2 passed" in second.stdout
    assert second.returncode == 0, second.stdout


def test_kits_of_other_platforms_are_green_too(tmp_path):
    packages = [
        write_adapter_package(f"shop{number}", tmp_path, signature=signature, has_api=has_api)
        for number, (signature, has_api) in enumerate(RUN)
    ]
    for package in packages:
        finish(package)
    first = run_kit(*packages)
    golden = sum(signature != "none" for signature, _ in RUN)

    assert f"{golden} failed" in first.stdout, first.stdout
    assert golden == first.stdout.count("FAILED")
    assert golden == first.stdout.count("test_matches_the_golden_file - ")


@pytest.mark.parametrize(("signature", "has_api"), VARIANTS)
def test_every_variant_is_formatted_complete_and_without_a_fault(tmp_path, signature, has_api):
    package = write_adapter_package(
        "myshop", tmp_path, title="My Shop", signature=signature, has_api=has_api
    )
    for command in (["format", "--check", "--line-length", "100"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--isolated", str(package)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
    written = [path for path in package.rglob("*") if path.is_file()]
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^%|\$(?!\{\{)", text, re.MULTILINE), path
    assert has_api is (package / "tests" / "conftest.py").exists()
    adapter = (package / "retention_myshop" / "adapter.py").read_text(encoding="utf-8")
    assert "class MyShopAdapter(ShopAdapter)" in adapter
    assert has_api is ("def order_pages(" in adapter)
    assert (signature != "none") is ("def verify(" in adapter)


def test_package_is_named_after_the_platform_throughout(package):
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    written = {
        path: path.read_text(encoding="utf-8") for path in package.rglob("*.*") if path.is_file()
    }

    assert project["project"]["name"] == "retention-myshop"
    assert project["project"]["entry-points"]["retention_sdk"] == {"myshop": "retention_myshop"}
    assert "class MyshopAdapter" in written[package / "retention_myshop" / "adapter.py"]
    for path, text in written.items():
        assert "demo" not in text.lower(), path


def test_existing_package_is_not_touched(package, tmp_path):
    before = (package / "README.md").stat().st_mtime_ns

    with pytest.raises(ConfigError, match="retention-myshop"):
        write_adapter_package("myshop", tmp_path)
    assert before == (package / "README.md").stat().st_mtime_ns


@pytest.mark.parametrize(
    "slug",
    ["", "MyShop", "my-shop", "my_shop", "1shop", "../shop", "class", "s", "магазин", "a" * 40],
)
def test_slug_that_cannot_be_a_package_is_refused(slug, tmp_path):
    with pytest.raises(ConfigError, match="lower-case word"):
        write_adapter_package(slug, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"title": "Müller"}, "is no title"),
        ({"title": 'My "Shop"'}, "is no title"),
        ({"signature": "md5"}, "one of hmac-base64, hmac-hex"),
        ({"signature": "none"}, "add --api"),
    ],
)
def test_wish_that_cannot_be_met_is_refused(wishes, message, tmp_path):
    with pytest.raises(ConfigError, match=message):
        write_adapter_package("myshop", tmp_path, **wishes)
    assert list(tmp_path.iterdir()) == []


def test_command_line_takes_the_same_wishes(tmp_path, capsys):
    wishes = ["--title", "My Shop", "--signature", "hmac-hex", "--api"]

    assert main(["new-adapter", "myshop", "--directory", str(tmp_path), *wishes]) == 0

    adapter = tmp_path / "retention-myshop" / "retention_myshop" / "adapter.py"
    assert "encode=bytes.hex" in adapter.read_text(encoding="utf-8")
    assert "red at first" in capsys.readouterr().out


def test_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigError, match="retention-myshop"):
        write_adapter_package("myshop", tmp_path / "file")
