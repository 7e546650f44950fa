# Groundglass: `make run` opens the app, `make test` proves it. Both set up .venv by themselves.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SIZE ?= nano
RECIPE := models/builtin

# Building llama.cpp: Metal with its shader library inside the file on Apple Silicon; elsewhere the
# CPU it is built on. GGML_NATIVE stays off on macOS, since its -mcpu=native breaks older chips.
ifeq ($(shell uname -s),Darwin)
LLAMA_FLAGS := -DGGML_METAL=ON -DGGML_METAL_EMBED_LIBRARY=ON -DGGML_NATIVE=OFF \
	-DCMAKE_OSX_ARCHITECTURES=$(shell uname -m) -DCMAKE_OSX_DEPLOYMENT_TARGET=14.0
else
LLAMA_FLAGS := -DGGML_NATIVE=ON
endif
export CMAKE_ARGS ?= $(LLAMA_FLAGS)
# Windows and workers start many times: their modules are compiled once.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
INSTALL := $(PIP) install --require-hashes

.PHONY: run test lint shots lock translations eval bundle startup clean

run: $(VENV)/.run
	@$(BIN)/python -m desktop $(ARGS)

test: $(VENV)/.dev
	@$(BIN)/python -m tests.system --sentence
	$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

shots: $(VENV)/.dev
	$(BIN)/python -m tests.shots $(ARGS)

translations: $(VENV)/.dev
	$(BIN)/python -m tools.translations

# Measures the built-in model with all its engines and writes its card; needs the recipe's fonts.
eval: $(RECIPE)/.venv/.ready
	cd $(RECIPE) && .venv/bin/python -W ignore -m recipe.report $(ARGS)

# What is shipped, in dist/, tested by itself. Has an environment of its own: no test tools go into it.
bundle: build/.venv/.ready
	build/.venv/bin/python packaging/build.py

# How long the bundle takes to its first painted pixel, against a bare window's; Linux, with Xvfb.
startup: build/.venv/.ready
	build/.venv/bin/python packaging/startup.py $(ARGS)

# Writes requirements/*.txt: every version pinned by hash, for all systems, no package host named.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --quiet requirements/run.in -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --quiet requirements/dev.in -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --quiet requirements/build.in -o requirements/build.txt
	uv pip compile --no-deps --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-header --quiet requirements/mlx.in -o requirements/mlx.txt

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Groundglass needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python could not make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.run: requirements/run.txt requirements/mlx.txt | $(VENV)/bin/python
	@echo "Setting up (the first time compiles llama.cpp: about 10 minutes on two cores) ..."
	$(INSTALL) -r requirements/run.txt
	@if [ "$$(uname -sm)" = "Darwin arm64" ]; then $(INSTALL) --no-deps -r requirements/mlx.txt; fi
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/mlx.txt | $(VENV)/bin/python
	@echo "Setting up (the first time compiles llama.cpp: about 10 minutes on two cores) ..."
	$(INSTALL) -r requirements/dev.txt
	$(INSTALL) --no-deps -r requirements/mlx.txt
	@touch $@ $(VENV)/.run

$(RECIPE)/.venv/.ready: $(RECIPE)/recipe/requirements.txt
	@echo "Setting up PyTorch, llama.cpp and MLX for the built-in model ..."
	@$(PYTHON) -m venv $(RECIPE)/.venv
	$(RECIPE)/.venv/bin/python -m pip --disable-pip-version-check --quiet install -r $<
	@touch $@

build/.venv/.ready: requirements/run.txt requirements/mlx.txt requirements/build.txt
	@$(PYTHON) -m venv build/.venv
	build/.venv/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/run.txt
	@if [ "$$(uname -sm)" = "Darwin arm64" ]; then build/.venv/bin/python -m pip --disable-pip-version-check \
		--quiet install --require-hashes --no-deps -r requirements/mlx.txt; fi
	build/.venv/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/build.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist shots .mypy_cache .ruff_cache .pytest_cache
