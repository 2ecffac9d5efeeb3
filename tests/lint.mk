# The rules of the house, by program; `make lint` runs all of them.
EXTRA_DIST += tests/valgrind.supp tests/support/valgrind.sh tests/support/sanitized.sh tests/lint/lint.py tests/lint/selftest.py tests/lint/config.h \
	.clang-format .clang-tidy
.PHONY: lint format
lint:
	cd $(srcdir) && $(PYTHON3) tests/lint/lint.py
	cd $(srcdir) && $(PYTHON3) tests/lint/lint.py tidy
	cd $(srcdir) && $(PYTHON3) tests/lint/selftest.py
format:
	cd $(srcdir) && git ls-files '*.c' '*.h' | xargs clang-format -i

# The same tests with the sanitizers, in a copy of the sources.
.PHONY: check-asan check-valgrind
check-asan:
	VECTORS='$(VECTORS)' $(srcdir)/tests/support/sanitized.sh build-asan address,undefined
	$(MAKE) -C build-asan check
UNIT_TESTS = tests/check_base tests/check_mail tests/check_mime \
	tests/check_run tests/check_filters tests/check_spf tests/check_dkim
check-valgrind: $(UNIT_TESTS) postern$(EXEEXT)
	for test in $(UNIT_TESTS); do \
	    CK_FORK=no CK_DEFAULT_TIMEOUT=0 valgrind -q --error-exitcode=9 \
		--leak-check=full --suppressions=$(srcdir)/tests/valgrind.supp \
		./$$test || exit 1; \
	done
	TALK_PATIENCE=30 $(PYTHON3) $(srcdir)/tests/talk/talk.py \
	    $(srcdir)/tests/support/valgrind.sh $(srcdir)/tests/talk
