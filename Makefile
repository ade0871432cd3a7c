# A thin cover over meson and ninja; `make help` lists what there is. BUILD=DIR builds elsewhere.
BUILD ?= build
MESON_OPTIONS ?=
JOBS ?= $(shell nproc)

all: $(BUILD)/build.ninja
	ninja -C $(BUILD) -j $(JOBS)

$(BUILD)/build.ninja:
	@command -v meson > /dev/null && command -v ninja > /dev/null || tools/setup run
	meson setup $(BUILD) $(MESON_OPTIONS)

# Sets the machine up, builds, and opens the shell; without a terminal it shows what there is.
run:
	@tools/setup run
	@$(MAKE) --no-print-directory all
	@tools/run $(BUILD)/everbox

# All that a change must pass: builds by gcc and clang, every suite, sanitizers, the real VirtualBox. See docs/testing.md.
test:
	@tools/setup test
	@tests/run-all

# The slow parts as well: long fuzzing, soak loops.
test-long:
	@tools/setup test
	@tests/run-all --long

bench:
	@tools/setup test
	@$(MAKE) --no-print-directory all
	@bench/run $(BUILD)
	@ninja -C $(BUILD) sim bench/bench-versions > /dev/null
	@$(BUILD)/bench/bench-versions 100 $(BUILD)/sim/*
	@if [ -e /usr/lib/*/libvirt/connection-driver/libvirt_driver_vbox.so ]; then \
		bench/beside-libvirt $(BUILD) $(BUILD)/sim/6.1.0; fi

# PREFIX and DESTDIR as usual.
install: all
	meson install -C $(BUILD) --no-rebuild

format:
	tools/format

lint: $(BUILD)/build.ninja
	@tools/setup test
	tools/lint $(BUILD)

# The stand-in VirtualBox of every release, under $(BUILD)/sim (for tests).
sim: $(BUILD)/build.ninja
	ninja -C $(BUILD) -j $(JOBS) sim

clean:
	rm -rf $(BUILD) build-asan build-tsan build-fuzz

help:
	@echo "make            build into $(BUILD)/ ($(BUILD)/everbox runs in place)"
	@echo "make run        set the machine up, build, open the shell"
	@echo "make test       set the machine up, run every test"
	@echo "make test-long  the slow tests as well"
	@echo "make bench      measure, beside the peers"
	@echo "make install    install (DESTDIR, or 'meson configure -Dprefix=' before)"
	@echo "make format     format the code; make lint: check it"
	@echo "make sim        make the stand-in VirtualBoxes for tests"

.PHONY: all run test test-long bench install format lint sim clean help
