# Python 3.11 or newer and make: nothing else has to be on the machine. `make` alone says what there is.

PYTHON ?= python3
BIN := .venv/bin
LOCAL := $(BIN)/python -m jejak_local
SHELL := /bin/sh
.DEFAULT_GOAL := help
# Where Python may not write bytecode, each process that starts compiles our code anew: a fifth of its start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n\033[1m%s\033[0m\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  \033[36m%-22s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

##@ See it

.PHONY: demo up down status
demo: setup ## load a small nation, show what comes of it, and end (ARGS="--people 2000" and the like)
	@$(LOCAL) demo $(ARGS)

up: setup ## start everything and leave it running; prints the addresses
	@$(LOCAL) up

down: ## stop it, keeping its data (ARGS=--purge: delete them too)
	@if [ -x $(BIN)/python ]; then $(LOCAL) down $(ARGS); else echo "Nothing was running."; fi

status: ## what runs, and where
	@if [ -x $(BIN)/python ]; then $(LOCAL) status; else echo "Nothing is running. Start it with: make up"; fi

##@ Work on it

.PHONY: setup test check lint types fmt texts docs bench bench-quick chaos chaos-short lock
setup: ## install everything into this folder: packages, Java, PostgreSQL, Kafka
	@$(PYTHON) deploy/local/bootstrap.py

test: setup ## every test, several at a time: unit, integration, end to end (ARGS="services/credit -k ledger")
	@$(BIN)/pytest $(or $(ARGS),-n logical --maxprocesses 4 --dist loadgroup --inline-snapshot disable)

.PHONY: fuzz
fuzz: setup ## call every route as its document allows and as it does not: 30,000 calls and more (CALLS=500 SEED=7)
	@$(BIN)/pytest -q -s -o timeout=0 --fuzz $(or $(CALLS),500) --fuzz-seed $(or $(SEED),7) \
		$(wildcard services/*/tests/test_conformance.py)

check: lint types docs-check ## what CI asks for before the tests

lint: setup ## style and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports

types: setup ## types
	@$(BIN)/basedpyright

fmt: setup ## mend style where a program can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

texts: setup ## bring the catalogues in line with the texts the code names; new ones come empty, for both languages
	@$(BIN)/python -m jejak_local.texts

docs: setup ## write what is generated: events, APIs, rights, the list of decisions, the lists of services
	@$(BIN)/python docs/generate.py

.PHONY: docs-check
docs-check: setup ## fail when any of it has drifted from its source
	@$(BIN)/python docs/generate.py --check

bench: setup ## rates and latencies beside the raw limits of this machine (90 minutes; in parts: ARGS="--only B3")
	@$(BIN)/python -m bench $(ARGS)

bench-quick: setup ## the same with small sizes on one stack, to see that it works (some four minutes)
	@$(BIN)/python -m bench --quick $(ARGS)

.PHONY: bench-peers lock-peers
bench-peers: setup .jejak/peers/stamp ## Jejak beside systems that do its job the ordinary way (ARGS="--rounds 1")
	@$(BIN)/python -m bench.peers $(ARGS)

.jejak/peers/stamp: bench/peers/requirements.lock
	@PATH="$$PATH:.jejak/tools/bin"; uv venv --quiet --clear --python $(BIN)/python .jejak/peers && \
		uv pip sync --quiet --compile-bytecode --require-hashes --python .jejak/peers/bin/python $< && touch $@

chaos: setup ## faults by seed, and books that must balance (SEEDS=20, ARGS=--large for a million trainings)
	@$(BIN)/python -m chaos --seeds 1..$(or $(SEEDS),10) $(ARGS)

chaos-short: setup ## ten seeds of faults on one stack (CI: SEEDS=4)
	@$(BIN)/python -m chaos --seeds 1..$(or $(SEEDS),10) --round $(or $(SEEDS),10)

lock: ## resolve the packages of all pyproject.toml files into requirements.lock
	@$(PYTHON) deploy/local/bootstrap.py uv
	@PATH="$$PATH:.jejak/tools/bin" uv lock
	@PATH="$$PATH:.jejak/tools/bin" uv export --quiet --all-packages --all-groups -o requirements.lock

lock-peers: ## resolve bench/peers/requirements.in into its own lock
	@$(PYTHON) deploy/local/bootstrap.py uv
	@PATH="$$PATH:.jejak/tools/bin" uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header bench/peers/requirements.in -o bench/peers/requirements.lock

##@ Extend it

.PHONY: service
service: setup ## a new service that starts, with its place in Compose, docs and import rules (NAME=contoh)
	@$(BIN)/python -m jejak_local.scaffold $(NAME)

##@ Run it

.PHONY: sweep open-year books dead-letters replay-dead-letters
sweep: setup ## sweep the caturwulan that are over, on the stack that is up (ARGS="--again 2026 2")
	@$(LOCAL) run training sweep $(ARGS)

open-year: setup ## lay the yearly duty for everyone in service, on the stack that is up (YEAR=2027)
	@$(LOCAL) run training open-year $(or $(YEAR),$$(date +%Y))

books: setup ## check what must always be true of each service's data, on the stack that is up
	@$(LOCAL) books

dead-letters: setup ## events that no reader could use, of the stack that is up
	@kafka=$$($(LOCAL) show kafka) && $(BIN)/python -m common.messages.dead_letters --kafka "$$kafka" list

replay-dead-letters: setup ## publish them again, once their cause is mended: TOPIC=training.record.v1
	@test -n "$(TOPIC)" || { echo "Say which: make replay-dead-letters TOPIC=training.record.v1 (make dead-letters lists them)"; exit 2; }
	@kafka=$$($(LOCAL) show kafka) && $(BIN)/python -m common.messages.dead_letters --kafka "$$kafka" replay --topic "$(TOPIC)"
