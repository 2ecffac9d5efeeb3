# Hops, header targets and evals of rules.
check_PROGRAMS += tests/check_relays
TESTS += tests/check_relays
tests_check_relays_SOURCES = tests/check_relays.c tests/relay_cases.h
tests_check_relays_CPPFLAGS = $(TEST_CPPFLAGS) -I$(top_srcdir)/tests
tests_check_relays_CFLAGS = $(TEST_CFLAGS)
tests_check_relays_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_evals
TESTS += tests/fuzz_evals
tests_fuzz_evals_SOURCES = tests/fuzz/fuzz_evals.c $(FUZZ_MAIN)
tests_fuzz_evals_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_evals_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_evals_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_evals_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
