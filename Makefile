# Each target sets up what it needs in .venv; nothing has to be installed by hand.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := pyproject.toml $(wildcard plugins/*/pyproject.toml)

.PHONY: setup demo test check soak bench docs locales constraints clean

setup: $(READY)

$(READY): requirements-dev.txt constraints.txt $(PACKAGES)
	test -x $(BIN)/python || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -r requirements-dev.txt
	touch $(READY)

demo: $(READY)
	$(BIN)/retention demo --out out/demo

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check
	$(BIN)/python -m retention_sdk.l10n.compile --check
	$(BIN)/retention locales check

test: $(READY)
	$(BIN)/python -m pytest

soak: $(READY)
	RETENTION_SOAK=1 $(BIN)/python -m pytest

bench: $(READY)  # WeasyPrint is the peer of the card benchmark; it needs Pango from the system
	$(BIN)/python -m pip install --quiet --disable-pip-version-check weasyprint==70.0
	$(BIN)/python tests/benchmarks/card.py
	$(BIN)/python tests/benchmarks/pipeline.py
	$(BIN)/python tests/benchmarks/l10n.py

docs: $(READY)
	$(BIN)/python docs/generate.py

locales: $(READY)
	$(BIN)/python -m retention_sdk.l10n.compile

constraints:
	sh docs/tools/lock.sh

clean:
	rm -rf $(VENV) out dist build
