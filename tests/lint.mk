# The rules of the house, by program; `make lint` runs all of them.
EXTRA_DIST += tests/lint/lint.py tests/lint/selftest.py tests/lint/config.h \
	.clang-format .clang-tidy
.PHONY: lint format
lint:
	cd $(srcdir) && $(PYTHON3) tests/lint/lint.py
	cd $(srcdir) && $(PYTHON3) tests/lint/lint.py tidy
	cd $(srcdir) && $(PYTHON3) tests/lint/selftest.py
format:
	cd $(srcdir) && git ls-files '*.c' '*.h' | xargs clang-format -i
