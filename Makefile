# What it takes to build and run; `make test` needs nodes to mine at, Python to compute the shared tables anew, the
# reference RandomX to compare with, and clang-format.
BUILD_PACKAGES = libhwloc-dev libsqlite3-dev pkg-config
RUN_PACKAGES = pocl-opencl-icd
PACKAGE_PACKAGES = dpkg-dev python3
TEST_PACKAGES = clang-format g++ litecoind monero openssl python3 python3-venv librandomx0 libseccomp2 systemd
# GPU vendors' compilers, which need no GPU: lint compiles the kernels by those that are installed. The assembler and the
# optimiser of one vendor are in a Python environment.
COMPILER_PACKAGES = clang-15 libclc-15 rocm-device-libs intel-opencl-icd
COMPILER_PYTHON = .build/gpu-python
# Bitcoin's node of the tests is a program of theirs, in this Python environment.
TEST_PYTHON = .build/test-python

SWIFT = swift
# Everything runs in the release configuration: hashing in debug is far too slow to test with.
NIGHTJAR = .build/release/nightjar
# libnightjar, shared and static.
LIBRARY = .build/release/library
# Where `make install` puts things: below DESTDIR, which is for those who make packages.
PREFIX = /usr/local
DESTDIR =

RUN_TESTS = sh Scripts/run-tests.sh

# What `make test-quick` runs, rooms or suites: all that hashes little and starts no other program.
QUICK = NightjarPlatformTests NightjarCoreTests NightjarMinerTests NightjarAPITests NightjarWireTests NightjarNodeTests \
	NightjarReportTests \
	NightjarAlgorithmsTests.CryptoNightPartTests NightjarAlgorithmsTests.CryptoNightRandomMathTests \
	NightjarAlgorithmsTests.RandomXPrimitiveTests NightjarAlgorithmsTests.RandomXSuperscalarTests \
	NightjarAlgorithmsTests.CryptoNightHashTests NightjarAlgorithmsTests.RandomXMachineTests \
	NightjarCPUTests.PinTests NightjarCPUTests.LaneChoiceTests NightjarCPUTests.WidthChoiceTests \
	NightjarCPUTests.WidthWatchTests NightjarCPUTests.RandomXJIT NightjarCPUTests.RandomXEpochTests \
	NightjarCPUTests.DatasetP NightjarCPUTests.CompiledRandomMathTests \
	NightjarTests.ChannelTests NightjarTests.JobBoardTests NightjarTests.MiningTests NightjarTests.SettlingTests \
	NightjarOpenCLTests.SourceTests NightjarOpenCLTests.SmallKernelTests \
	NightjarCommandTests.UsageTests NightjarCommandTests.ListTests

.PHONY: demo test test-engine test-program test-quick test-opencl picture lint docs generate build library install uninstall \
	deb test-packages setup setup-test gpu-bundle clean

demo: build
	$(NIGHTJAR) mine --sandbox --max-seconds 30
	@echo "CPU against GPU, measured and drawn: $(NIGHTJAR) bench -a cn/r,rx/0 --report report.html"

build: setup
	sh Scripts/with-commit.sh $(SWIFT) build -c release --product nightjar

# libnightjar for C: see docs/library.md.
library: build
	$(SWIFT) build -c release --target NightjarC
	sh Scripts/link-library.sh .build/release $(LIBRARY)

test: setup-test lint
	sh Scripts/with-commit.sh $(SWIFT) build -c release --build-tests
	$(MAKE) -j2 --output-sync=target test-engine test-program
	sh Scripts/docs.sh
	sh Tests/Consumer/check.sh
	sh Scripts/link-library.sh .build/release $(LIBRARY)
	sh Tests/Library/check.sh
	sh Tests/Install/check.sh
	sh Tests/Service/check.sh
	sh Tests/Fleet/check.sh

# The tests in two processes at once, because most of them wait, for a compiler or a clock, or have one thread. In each, one
# test at a time; the room whose tests are single threads, all at once.
ENGINE = NightjarOpenCLTests NightjarCPUTests NightjarTests
test-engine:
	$(RUN_TESTS) --filter '^NightjarAlgorithmsTests\.'
	$(RUN_TESTS) --no-parallel $(ENGINE:%=--filter '^%\.')

test-program:
	$(RUN_TESTS) --no-parallel --skip '^NightjarAlgorithmsTests\.' $(ENGINE:%=--skip '^%\.')

# What a contributor runs before each commit: under five minutes after the build.
test-quick: lint
	sh Scripts/with-commit.sh $(SWIFT) build -c release --build-tests
	$(RUN_TESTS) --no-parallel $(QUICK:%=--filter '^%')

# Known answers on three OpenCL implementations for CPUs; two of them are installed by this alone.
test-opencl: setup-test build
	sh Scripts/setup.sh mesa-opencl-icd
	sh Scripts/setup-python.sh .build/intel-opencl Scripts/intel-opencl.txt
	sh Scripts/test-opencl.sh

# The README's picture: this machine, which should do nothing else meanwhile. The JSON has what it was drawn from. To try it,
# write elsewhere and measure shortly: make picture PICTURE=/tmp/report PICTURE_README=/dev/null PICTURE_FLAGS='--seconds 1'
PICTURE = docs/report
PICTURE_README = README.md
PICTURE_FLAGS =
picture: build
	$(NIGHTJAR) bench -a cn/r,cn-pico,rx/0,rx/2,sha256d,scrypt $(PICTURE_FLAGS) --report $(PICTURE).svg --report $(PICTURE).json
	test ! -f $(PICTURE_README) || sed -i 's|^<!-- picture: \(.*\) -->$$|![\1](docs/report.svg)|' $(PICTURE_README)

# All that can be said without building: format, imports, kernels, what is generated.
lint:
	sh Scripts/format-c.sh --check
	$(SWIFT) format lint --strict -r Sources Tests Benchmarks Package.swift
	python3 Scripts/check-imports.py
	python3 Scripts/check-tests.py
	python3 Scripts/check-docs.py
	python3 Scripts/check-dependencies.py
	python3 Scripts/check-phoronix.py
	python3 Kernels/Shared/generate-tables.py --check
	python3 Kernels/generate-table.py --check
	python3 Scripts/generate-known-answers.py --check
	python3 Scripts/check-rounding.py
	sh Kernels/lint.sh

# The library's documentation, as a web site.
docs: build
	sh Scripts/docs.sh .build/docs
	@echo "see .build/docs/documentation/nightjar/index.html"

# Runs all generators; lint checks that what they write is up to date.
generate:
	python3 Kernels/Shared/generate-tables.py
	python3 Kernels/generate-table.py
	python3 Scripts/generate-known-answers.py

# Installs program, libraries, header, manual page, completions and systemd unit. What is built already is installed as it
# is.
install: $(NIGHTJAR) $(LIBRARY)/libnightjar.so.0
	sh Scripts/install.sh "$(NIGHTJAR)" "$(LIBRARY)" "$(PREFIX)" "$(DESTDIR)"

uninstall:
	sh Scripts/install.sh --remove "$(PREFIX)" "$(DESTDIR)"

# Packages for Debian, in .build/packages: see docs/packages.md.
PACKAGES = .build/packages
deb: setup
	sh Scripts/setup.sh $(PACKAGE_PACKAGES)
	SWIFT=$(SWIFT) sh Scripts/make-deb.sh $(PACKAGES)

# On a bare Debian 12. Needs root, and a mirror of Debian.
test-packages: deb
	sh Scripts/setup.sh mmdebstrap
	sh Tests/Packages/check.sh $(PACKAGES)

$(NIGHTJAR):
	$(MAKE) build

$(LIBRARY)/libnightjar.so.0:
	$(MAKE) library

setup:
	sh Scripts/setup.sh $(BUILD_PACKAGES) $(RUN_PACKAGES)

setup-test:
	sh Scripts/setup.sh $(BUILD_PACKAGES) $(RUN_PACKAGES) $(TEST_PACKAGES)
	sh Scripts/setup-python.sh $(TEST_PYTHON) Tests/BitcoinKernel/requirements.txt
	# A system without these packages tests all the same: lint says what it leaves out.
	-sh Scripts/setup.sh $(COMPILER_PACKAGES)
	-sh Scripts/setup-python.sh $(COMPILER_PYTHON) Scripts/vendors/requirements.txt

# One archive that measures a GPU elsewhere: see Scripts/gpu-report.sh, its report.sh.
gpu-bundle: setup
	sh Scripts/gpu-bundle.sh

clean:
	rm -rf .build .build-*
