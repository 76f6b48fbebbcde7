#!/bin/sh
# Writes constraints.txt: every third-party package at one version, with hashes and without an address.
set -eu
cd "$(dirname "$0")/../.."
requirements=$(mktemp)
trap 'rm -f "$requirements"' EXIT
.venv/bin/python - >"$requirements" <<'PYTHON'
import tomllib
from pathlib import Path

names = []
for file in [Path("pyproject.toml"), *Path("plugins").glob("*/pyproject.toml")]:
    project = tomllib.loads(file.read_text())
    names += project["project"].get("dependencies", []) + project["build-system"]["requires"]
names += Path("docs/tools/dev.in").read_text().split()
print("\n".join(sorted({name for name in names if not name.startswith("retention-")})))
PYTHON
.venv/bin/uv pip compile "$requirements" --generate-hashes --universal --python-version 3.11 --quiet \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file constraints.txt
