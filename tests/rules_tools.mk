# Tests of the tools for rules; see tests/local.mk.
check_PROGRAMS += tests/check_redos tests/fuzz_redos
TESTS += tests/check_redos tests/fuzz_redos
tests_check_redos_SOURCES = tests/check_redos.c
tests_check_redos_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_redos_CFLAGS = $(TEST_CFLAGS)
tests_check_redos_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
tests_fuzz_redos_SOURCES = tests/fuzz/fuzz_redos.c $(FUZZ_MAIN)
tests_fuzz_redos_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_redos_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_redos_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_redos_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
TESTS += tests/check_rules_tools.py tests/check_rules_shipped.py tests/check_rules_stats.py
EXTRA_DIST += tests/check_rules_tools.py tests/check_rules_shipped.py tests/check_rules_stats.py tests/cf/redos_safe.cf
