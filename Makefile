# STEM Commons. `make help` lists the targets; each installs what it needs.
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
MEMBERS := contracts chassis gateway deploy/onebox services/profiles services/matching services/mentoring services/community services/geo
STAMP := $(VENV)/.stamp
UV := $(BIN)/uv
.DEFAULT_GOAL := help
.PHONY: help up seed demo status test check audit rules states bench bench-matching bench-rush bench-round scale-long faults faults-long fuzz test-containers pages browser dashboards migrate migration wire schema letters format

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What the installers have to say (warnings of their own, mostly) goes to stderr: stdout belongs to the target.
$(UV):
	@$(PY) -m venv $(VENV) >&2
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv==0.13.9 >&2

$(STAMP): $(UV) requirements.lock $(addsuffix /pyproject.toml,$(MEMBERS))
	@$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock >&2
	@$(UV) pip install -q --python $(BIN)/python --no-deps $(foreach m,$(MEMBERS),-e ./$(m)) >&2
	@touch $@

up: $(STAMP) ## Serve on COMMONS_HOME (.commons) at COMMONS_PORT (8080) until Ctrl-C
	@exec $(BIN)/commons up

seed: $(STAMP) ## Fill the platform that `make up` serves, once: four projects, places, people
	@exec $(BIN)/commons seed

demo: $(STAMP) ## Play the journeys and keep serving: ONCE=1 ends after them, JSON=1 prints JSON, JOURNEYS="J1"
	@exec $(BIN)/commons demo $(if $(ONCE),--once) $(if $(JSON),--json) $(JOURNEYS)

status: $(STAMP) ## Show processes, broker, consumers and lag of a running platform
	@exec $(BIN)/commons status

test: $(STAMP) ## Run the tests, on real PostgreSQL and NATS: ARGS="-k ..." reaches pytest
	@$(BIN)/pytest -q -rs -n auto --dist loadfile -m "not faults and not bench" $(ARGS)

check: $(STAMP) ## Format, lint, imports, types, sizes, snapshots, and the rules branch by branch
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/pytest -q -n auto tests/house contracts/tests
	@$(MAKE) -s --no-print-directory rules

audit: $(STAMP) ## Ask the gateway what graphql-http demands of a server (AUDIT=http://... asks another), and follow it by Node's clients
	@AUDIT=$(or $(AUDIT),here) $(BIN)/pytest -q -s -n0 gateway/tests/audit $(ARGS)

rules: $(STAMP) ## Show that tests without a database walk every branch of mentoring's handbook (rules/)
	@COVERAGE_FILE=.coverage.rules $(BIN)/coverage run --branch --source=commons_mentoring.rules -m pytest -q -n0 services/mentoring/tests/test_*_rules.py
	@COVERAGE_FILE=.coverage.rules $(BIN)/coverage report --show-missing --fail-under=100

states: $(STAMP) ## Let 10,000 random steps of a mentorship be taken by both sides, the clock and facts told twice (STATES_STEPS says otherwise)
	@STATES_STEPS=$(or $(STATES_STEPS),10000) STATES_SEED=$(or $(STATES_SEED),any) $(BIN)/pytest -q -s -n0 tests/states $(ARGS)

bench: $(STAMP) ## Measure, against the floors we promise
	@$(BIN)/pytest -q -s -m bench tests/bench $(ARGS)

bench-matching: $(STAMP) ## The matching engine beside its peers: ARGS="--seed 7 --rounds 5 --large --keep" (--help lists them)
	@PYTHONPATH=tests $(BIN)/python -m bench_matching $(ARGS)

bench-rush: $(STAMP) ## A match run of 800 x 2,000 beside 50 requests a second (RUSH_MENTORS, RUSH_MENTEES, RUSH_RATE, RUSH_SECONDS, RUSH_TURNS; SCALE_KEEP=1 writes results)
	@$(BIN)/pytest -q -s -n0 -m bench tests/scale/test_rush.py $(ARGS)

bench-round: $(STAMP) ## 5,000 mentors and 20,000 mentees, from spreadsheets to mentorships (ROUND_MENTORS, ROUND_MENTEES, ROUND_PROCESSES, ROUND_SEED; SCALE_KEEP=1 writes results)
	@$(BIN)/pytest -q -s -n0 -m bench tests/scale/test_whole.py $(ARGS)

scale-long: $(STAMP) ## One hash for 1, 2 and 4 workers, people in another order, and a worker killed: five times
	@SCALE_ROUNDS=$(or $(SCALE_ROUNDS),5) $(BIN)/pytest -q -s -n0 -m "not bench" tests/scale $(ARGS)

faults: $(STAMP) ## Kill everything many times while clients write, and count what was lost
	@$(BIN)/pytest -q -s -rs -m "faults and not long" tests/faults tests/scale $(ARGS)

faults-long: $(STAMP) ## The long forms: disks that fill, power cuts, stores rebuilt (root, for loop images; skips are told)
	@$(BIN)/pytest -q -s -rs -m long tests/faults $(ARGS)

test-containers: $(STAMP) ## The chassis on containers, the images, and the stack of docker-compose.yml: fails without a Docker engine
	@docker info >/dev/null
	@COMMONS_TEST_SERVERS=containers $(BIN)/pytest -q -n 2 --dist loadfile chassis/tests $(ARGS)
	@COMMONS_CONTAINERS=1 $(BIN)/pytest -q -s tests/containers $(ARGS)

pages: $(STAMP) ## Build the pages: GraphiQL, the events
	@$(BIN)/python -m commons_onebox.pages

browser: $(STAMP) ## Look at the pages with a browser: they work, and ask nobody else
	@$(BIN)/pytest -q -m browser tests/browser $(ARGS)

fuzz: $(STAMP) ## Ask the whole platform anything, 20,000 times: FUZZ_CASES and FUZZ_SEED say otherwise
	@FUZZ_CASES=$(or $(FUZZ_CASES),20000) $(BIN)/pytest -q -s tests/fuzz $(ARGS)

migrate: $(STAMP) ## Bring the databases of COMMONS_HOME up to date
	@$(BIN)/commons migrate

migration: $(STAMP) ## Write the next migration: SERVICE=matching TEXT="first tables"
	@$(BIN)/commons migration "$(SERVICE)" "$(TEXT)"

dashboards: $(STAMP) ## Write the Grafana dashboards anew
	@$(BIN)/python deploy/observability/dashboards.py

wire: $(STAMP) ## Accept what changed on the wire
	@REWRITE=1 $(BIN)/pytest -q contracts/tests

schema: $(STAMP) ## Accept what changed in the GraphQL schema
	@REWRITE=1 $(BIN)/pytest -q gateway/tests/test_schema.py gateway/tests/test_permissions.py gateway/tests/test_waves.py

letters: $(STAMP) ## Take up in the catalogues of letters what is new in their texts
	@$(BIN)/python -m commons_profiles.post.catalogues

format: $(STAMP) ## Format the code and mend what can be mended
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
