# Each target sets up what it needs in .venv; nothing has to be installed by hand.
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PACKAGES := pyproject.toml $(wildcard plugins/*/pyproject.toml)

.PHONY: setup demo test check soak bench gallery docs locales constraints clean

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

# Several processes; each has files of its own (tests/sharing.py).
WORKERS := -n auto --maxprocesses 8 --dist loadfile
# Python keeps what it compiled: tests start it several hundred times.
export PYTHONDONTWRITEBYTECODE :=

test: $(READY)
	$(BIN)/python -m pytest $(WORKERS)

soak: $(READY)
	RETENTION_SOAK=1 $(BIN)/python -m pytest $(WORKERS)

bench: $(READY)  # the peers; WeasyPrint needs Pango from the system, Playwright finds Chromium there
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  weasyprint==70.0 reportlab==5.1.0 fpdf2==2.8.9 plutoprint==0.23.0 playwright==1.65.2 zen-engine==2.1.3 \
	  polars==2.1.0
	$(BIN)/python tests/benchmarks/card.py
	$(BIN)/python tests/benchmarks/inserts.py
	$(BIN)/python tests/benchmarks/pipeline.py
	$(BIN)/python tests/benchmarks/ingest.py
	$(BIN)/python tests/benchmarks/files.py
	$(BIN)/python tests/benchmarks/l10n.py
	$(BIN)/python tests/benchmarks/consent.py
	$(BIN)/python tests/benchmarks/consent_ledger.py
	$(BIN)/python tests/benchmarks/ledger.py
	$(BIN)/python tests/benchmarks/earning.py
	$(BIN)/python tests/benchmarks/leaderboards.py

gallery: $(READY)
	$(BIN)/python docs/print/contact_sheet.py
	$(BIN)/python docs/print/gallery.py

docs: $(READY)
	$(BIN)/python docs/generate.py

locales: $(READY)
	$(BIN)/python -m retention_sdk.l10n.compile

constraints:
	sh docs/tools/lock.sh

clean:
	rm -rf $(VENV) out dist build
