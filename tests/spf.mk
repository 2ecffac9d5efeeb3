# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_spf
TESTS += tests/check_spf
tests_check_spf_SOURCES = tests/check_spf.c tests/check_spf.h \
	tests/check_spf_dns.c tests/check_spf_filter.c \
	tests/check_spf_hostile.c tests/check_spf_terms.c tests/check_spf_wait.c
tests_check_spf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_spf_CFLAGS = $(TEST_CFLAGS)
tests_check_spf_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK) \
	$(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_spf
TESTS += tests/fuzz_spf
tests_fuzz_spf_SOURCES = tests/fuzz/fuzz_spf.c $(FUZZ_MAIN)
tests_fuzz_spf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_spf_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_spf_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_spf_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
# Evaluations a CPU second: make bench/spf && bench/spf_rates.py bench/spf
EXTRA_PROGRAMS += bench/spf
EXTRA_DIST += bench/spf_rates.py bench/spf.zone
bench_spf_SOURCES = bench/spf.c
bench_spf_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
# filters/spf/README.md names tests that are there.
TESTS += tests/check_spf_table.py
EXTRA_DIST += tests/check_spf_table.py
