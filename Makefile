# make demo: a clustering page from a real data set. make test: the whole test suite.
# make docs: the pages as a site, every snippet run and every picture drawn.
# All set up .venv on the first call and take seconds to begin after that.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CORE := CMakeLists.txt pyproject.toml $(shell find cpp -type f -not -path "*tests*")

.PHONY: demo test fast check sanitize sanitize-threads fuzz-bindings docs bench peers counts counts-reference fuzz soak threads kill engines versions clean tools agreement arm clang windows musl wasm

demo: $(VENV)/.installed
	$(BIN)/kwise report -o kwise-demo.html

test: $(VENV)/.developed
	$(BIN)/python -m pytest -n 2

fast: $(VENV)/.developed
	$(BIN)/python -m pytest -n 2 -m "not slow"

check: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	for system in darwin win32; do $(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system || exit 1; done
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/clang-format --dry-run --Werror $$(find cpp -name '*.[ch]pp')

# The core without Python, under address and undefined sanitizers, with each instruction set.
sanitize: $(VENV)/.venv
	$(BIN)/cmake -S . -B build/sanitize -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_SANITIZE=address,undefined -DKWISE_WERROR=ON
	$(BIN)/cmake --build build/sanitize
	for isa in baseline avx2 avx512 avx512vnni amx; do \
	  for check in $(patsubst cpp/tests/%.cpp,build/sanitize/%,$(wildcard cpp/tests/check_*.cpp)); do \
	    KWISE_MAX_ISA=$$isa $$check || exit 1; done; \
	  KWISE_MAX_ISA=$$isa build/sanitize/digest_engine | tail -n +2 | diff - cpp/tests/digests.txt || exit 1; \
	done

# $(call answers,FOLDER,LEVELS,RUNNER,SUFFIX,BUT): the digests and all checks but one of a core in build/,
# on each level. What a level is called comes first in the digests: a lesser one where the machine has no more.
answers = for isa in $(2); do \
	  KWISE_MAX_ISA=$$isa $(3) build/$(1)/digest_engine$(4) | tr -d '\r' >build/$(1)/$$isa.txt; \
	  tail -n +2 build/$(1)/$$isa.txt | diff - cpp/tests/digests.txt || exit 1; \
	  echo "$(1) $$(head -n 1 build/$(1)/$$isa.txt): the digests of x86-64"; \
	  for check in $(patsubst cpp/tests/%.cpp,build/$(1)/%$(4),$(filter-out cpp/tests/$(5).cpp,$(wildcard cpp/tests/check_*.cpp))); do \
	    KWISE_MAX_ISA=$$isa $(3) $$check || exit 1; done; done
X86 := baseline avx2 avx512 avx512vnni amx

# The same answers from 64-bit Arm: built with Debian's g++-aarch64-linux-gnu, run under qemu-user.
ARM := qemu-aarch64 -L /usr/aarch64-linux-gnu
arm: $(VENV)/.venv
	$(BIN)/cmake -S . -B build/arm -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_WERROR=ON -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64-linux-gnu.cmake
	$(BIN)/cmake --build build/arm
	$(call answers,arm,baseline neon,$(ARM))

# The same from other systems, built by the clang of the package ziglang: Windows under Wine (Debian's
# wine64), and Linux with musl, whose programs run anywhere (those for 64-bit Arm under qemu-user).
zigged = export KWISE_ZIG=$$($(BIN)/python -c "import ziglang; print(ziglang.__path__[0] + '/zig')"); \
	  $(BIN)/cmake -S . -B build/$(1) -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_WERROR=ON -DCMAKE_TOOLCHAIN_FILE=cmake/zig.cmake -DKWISE_ZIG=$$KWISE_ZIG -DKWISE_TARGET=$(2) && \
	  $(BIN)/cmake --build build/$(1)
$(VENV)/.zig: $(VENV)/.venv
	$(PIP) install ziglang
	touch $@

WINE ?= WINEDEBUG=-all $(firstword $(shell command -v wine64 wine) /usr/lib/wine/wine64)
windows: $(VENV)/.zig
	$(call zigged,windows,x86_64-windows-gnu)
	$(call answers,windows,$(X86),$(WINE),.exe)

musl: $(VENV)/.zig
	$(call zigged,musl,x86_64-linux-musl)
	$(call answers,musl,$(X86))
	$(call zigged,musl-arm,aarch64-linux-musl)
	$(call answers,musl-arm,baseline neon,qemu-aarch64)

# The core as WebAssembly without threads, as Pyodide has it: Debian's emscripten, run by node.
EMSCRIPTEN ?= /usr/share/emscripten/cmake/Modules/Platform/Emscripten.cmake
wasm: $(VENV)/.venv
	export NODE_PATH=/usr/share/nodejs CXXFLAGS="-fexceptions -msimd128" LDFLAGS=-sALLOW_MEMORY_GROWTH; \
	  $(BIN)/cmake -S . -B build/wasm -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_WERROR=ON -DCMAKE_TOOLCHAIN_FILE=$(EMSCRIPTEN) && \
	  $(BIN)/cmake --build build/wasm
	$(call answers,wasm,baseline,node --no-experimental-fetch,.js,check_threads)

# The core by clang, without a warning, with g++'s library and with its own (Debian's libc++-dev).
clang: $(VENV)/.venv
	for library in libstdc++ libc++; do \
	  CXX=clang++ CXXFLAGS=-stdlib=$$library $(BIN)/cmake -S . -B build/clang-$$library -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_WERROR=ON && \
	  $(BIN)/cmake --build build/clang-$$library || exit 1; done
	$(call answers,clang-libstdc++,$(X86))
	$(call answers,clang-libc++,$(X86))

# What threads share, the pool and the forms that points are packed in, under the thread sanitizer,
# with each instruction set.
sanitize-threads: $(VENV)/.venv
	$(BIN)/cmake -S . -B build/threads -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_SANITIZE=thread -DKWISE_WERROR=ON
	$(BIN)/cmake --build build/threads --target check_threads check_engine check_search
	for isa in baseline avx2 avx512 avx512vnni amx; do for check in check_threads check_engine check_search; do \
	  KWISE_MAX_ISA=$$isa build/threads/$$check || exit 1; done; done

# The bindings under the same sanitizers, called through Python with damaged arguments; kernels of
# the baseline alone, since the others take long to compile and have their checks above.
CALLS ?= 100000 0
ASAN := build/asan
fuzz-bindings: $(VENV)/.developed
	$(BIN)/cmake -S . -B $(ASAN) -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_SANITIZE=address,undefined -DKWISE_BASELINE=ON \
	  -DSKBUILD=ON -DSKBUILD_PROJECT_VERSION=0 -DPython_EXECUTABLE=$(CURDIR)/$(BIN)/python -Dnanobind_DIR=$$($(BIN)/python -m nanobind --cmake_dir)
	$(BIN)/cmake --build $(ASAN) --target _native
	KWISE_NATIVE=$$(ls $(ASAN)/_native.*.so) LD_PRELOAD="$$(gcc -print-file-name=libasan.so) $$(gcc -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 $(BIN)/python tests/fuzz/bindings.py $(CALLS)

# Instructions of the core's work beside benchmarks/results/counts.json, by valgrind.
counts counts-reference: $(VENV)/.venv
	$(BIN)/cmake -S . -B build/counts -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_BASELINE=ON
	$(BIN)/cmake --build build/counts --target count_engine
	$(BIN)/python benchmarks/counts.py build/counts/count_engine $(if $(findstring reference,$@),--update)

docs: $(VENV)/.documented
	$(BIN)/sphinx-build -q -W --keep-going -b html docs site
	@echo "site/index.html"

# kwise beside its peers, and over a grid of shapes: see benchmarks/README.md. Some 40 minutes.
RESULTS := benchmarks/results
BENCH ?= $(BIN)/python
bench: $(VENV)/.developed
	$(BENCH) benchmarks/versus.py --threads 2 1 --isa best avx512 --json $(RESULTS)/versus.json --markdown $(RESULTS)/versus.md --readme README.md
	$(BENCH) benchmarks/roofline.py $(RESULTS)/versus.json >$(RESULTS)/roofline.md
	rm -f $(RESULTS)/grid.jsonl
	OMP_NUM_THREADS=2 $(BENCH) benchmarks/grid.py $(RESULTS)/grid.jsonl
	OMP_NUM_THREADS=2 $(BENCH) benchmarks/grid.py $(RESULTS)/grid.jsonl --only-worse 1.1 --markdown $(RESULTS)/grid.md
	$(BENCH) benchmarks/plot.py $(RESULTS)/grid.jsonl docs/images/speed.svg
	OMP_NUM_THREADS=2 $(BENCH) benchmarks/silhouette.py --json $(RESULTS)/silhouette.json --markdown $(RESULTS)/silhouette.md

# An environment of their own for the libraries that kwise is compared with.
peers: | tools
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --quiet -r benchmarks/peers.txt
	build/peers/bin/python -m pip install --quiet ".[report]"
	@echo "Compare with them by: make bench BENCH=build/peers/bin/python"

# Long runs that look for what tests of seconds do not find: see stress/README.md.
SECONDS ?= 600
TIMES ?= 100
GUIDED := build/guided
fuzz: $(VENV)/.developed
	$(PIP) install atheris
	CXX=clang++ $(BIN)/cmake -S . -B $(GUIDED) -G Ninja -DCMAKE_MAKE_PROGRAM=$(CURDIR)/$(BIN)/ninja -DCMAKE_BUILD_TYPE=Release -DKWISE_SANITIZE=address,fuzzer-no-link -DKWISE_BASELINE=ON \
	  -DSKBUILD=ON -DSKBUILD_PROJECT_VERSION=0 -DPython_EXECUTABLE=$(CURDIR)/$(BIN)/python -Dnanobind_DIR=$$($(BIN)/python -m nanobind --cmake_dir)
	$(BIN)/cmake --build $(GUIDED) --target _native
	$(BIN)/python stress/fuzz.py --seconds $(SECONDS) --native $$(ls $(CURDIR)/$(GUIDED)/_native.*.so)

soak: $(VENV)/.developed
	$(BIN)/python stress/soak.py --seconds $(SECONDS)

threads: $(VENV)/.developed
	$(if $(filter file,$(origin PYTHON)),$(BIN)/python,$(PYTHON)) wheels/threads.py --seconds $(SECONDS)

kill: $(VENV)/.developed
	$(BIN)/python stress/kill.py --times $(TIMES)

# The same bits on local clusters of Ray and Spark, which are installed for it (Spark wants Java 17).
engines: $(VENV)/.developed
	$(PIP) install $$($(BIN)/python -c 'import tomllib; extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; print(*extras["ray"], *extras["spark"])')
	$(BIN)/python -m pytest -n 0 tests/engines

# The quick tests with the oldest and with the newest libraries that kwise says it works with.
versions: $(VENV)/.developed
	$(BIN)/python stress/versions.py oldest
	$(BIN)/python stress/versions.py newest

clean:
	rm -rf build $(VENV)

# What cannot come from the package index is asked for by name before anything else happens.
tools:
	@command -v $(PYTHON) >/dev/null || { echo "kwise needs Python >= 3.11 as '$(PYTHON)': apt-get install python3 python3-venv, or make PYTHON=/path/to/python3"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kwise needs Python >= 3.11, found $$($(PYTHON) -V): make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "kwise needs Python's venv module: apt-get install python3-venv"; exit 2; }
	@$(PYTHON) -c 'import os, sys, sysconfig; sys.exit(not os.path.isfile(sysconfig.get_path("include") + "/Python.h"))' || { echo "kwise needs Python's headers: apt-get install python3-dev"; exit 2; }
	@command -v $(or $(filter-out default,$(CXX)),g++) >/dev/null || { echo "kwise needs a C++20 compiler and '$(CXX)' was not found: apt-get install g++ (version 12 or newer)"; exit 2; }

$(VENV)/.venv: | tools
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade pip
	$(PIP) install "scikit-build-core>=0.11" "nanobind>=2.9" "cmake>=3.26" ninja
	touch $@

# Bytecode too: where Python may not write it, it would compile all modules in every command.
$(VENV)/.installed: $(CORE) $(VENV)/.venv
	$(PIP) install --no-build-isolation -e ".[report]"
	$(BIN)/python -m compileall -q src/kwise
	touch $@

$(VENV)/.developed: $(CORE) $(VENV)/.venv
	$(PIP) install --no-build-isolation -C cmake.define.KWISE_WERROR=ON -e ".[dev]"
	$(BIN)/python -m compileall -q src/kwise
	touch $@ $(VENV)/.installed

$(VENV)/.documented: $(VENV)/.developed
	$(PIP) install --no-build-isolation -e ".[docs]"
	touch $@

# All targets of exports on all shared tables, row by row; KWISE_DATA names their folder.
agreement: $(VENV)/.developed
	mkdir -p build
	$(BIN)/python benchmarks/agreement.py --kept build/agreement.jsonl
