# STEM Commons. `make help` lists the targets; each installs what it needs.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := contracts chassis gateway deploy/onebox services/profiles services/matching services/mentoring services/community services/geo
STAMP := $(VENV)/.stamp
UV := $(BIN)/uv

$(UV):
	@$(PY) -m venv $(VENV)
	@$(BIN)/python -m pip install -q uv

$(STAMP): $(UV) requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(UV) pip install -q --require-hashes -r requirements.lock
	@$(UV) pip install -q --no-deps $(foreach m,$(MEMBERS),-e ./$(m))
	@touch $@
