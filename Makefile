# `make run` and `make test` are all a newcomer needs. What they install lands in .venv and node_modules.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMPS := .venv/.stamps
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check
# Node.js of the virtual environment (installed where the system has none) comes first.
export PATH := $(CURDIR)/$(BIN):$(PATH)
# Hundreds of commands and servers are started: each would compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run test check system bench lock notice clean

help:
	@echo "make run    载入示例县并在 127.0.0.1:8000 运行"
	@echo "make test   运行全部检查与测试（与持续集成相同）"
	@echo "make setup  只安装依赖、生成网页资源    make bench  性能测量"
	@echo "make lock   重新锁定依赖    make notice  重新生成 NOTICE    make clean  删除安装的东西"

setup: $(STAMPS)/python $(STAMPS)/bundles

# A county of its own, in var/demo: nobody's data is touched.
run: export CUNYI_DEMO = 1
run: export CUNYI_DATA_DIR = $(CURDIR)/var/demo
run: setup
	@$(BIN)/cunyi demo
	@exec $(BIN)/cunyi serve --host 127.0.0.1 --port 8000

# One more than there are processors, for a browser and a server are often waited for; no more than four.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 4 ? n + 1 : 4)))

test: setup system check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder  # tests/conftest.py says what begins first

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/notice.py --check

bench: setup
	$(BIN)/python -m tests.bench

# A browser and Chinese fonts for the tests; installed only where they are missing and we may.
system:
	@if ! command -v chromium >/dev/null || ! ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1; then \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	  else echo "请先安装 chromium 和 fonts-noto-cjk（sudo apt-get install chromium fonts-noto-cjk）" >&2; exit 1; fi; \
	fi

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMPS)/python: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: requirements-node.lock | $(STAMPS)/python
	@node -e 'process.exit(Number(process.versions.node.split(".")[0] < 20))' 2>/dev/null && npm --version >/dev/null 2>&1 \
	  || $(PIP) --require-hashes -r requirements-node.lock
	@touch $@

$(STAMPS)/npm: package-lock.json package.json | $(STAMPS)/node
	npm ci --ignore-scripts --silent
	@touch $@

$(STAMPS)/bundles: $(STAMPS)/npm $(wildcard webui/assets/* webui/assets/studio/* webui/assets/studio/*/*)
	node webui/assets/build.mjs
	@touch $@

# Exact versions with hashes for every platform, and no address of any registry.
lock: $(STAMPS)/python
	$(PIP) uv
	$(BIN)/uv pip compile -q pyproject.toml $(UV) -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --group dev $(UV) -o requirements-dev.lock
	$(BIN)/uv pip compile -q --group node $(UV) -o requirements-node.lock
	npm install --package-lock-only --ignore-scripts
UV := --system-certs --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

notice: setup
	$(BIN)/python tools/notice.py

clean:
	rm -rf .venv node_modules webui/static/build .mypy_cache .ruff_cache .pytest_cache *.egg-info
