# `make run` and `make test` are all a newcomer needs. Everything lands in .venv and node_modules.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMPS := .venv/.stamps

.PHONY: help setup run test lint bench lock clean

help:
	@echo "make setup  安装依赖（.venv 与网页资源）    make run   载入示例县并在 127.0.0.1:8000 运行"
	@echo "make test   运行全部检查与测试              make bench 性能测量    make lock 重新锁定依赖"

setup: $(STAMPS)/python

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更高版本" >&2; exit 1; }
	$(PYTHON) -m venv .venv

$(STAMPS)/python: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && touch $@
