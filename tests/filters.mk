# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_filters
TESTS += tests/check_filters
tests_check_filters_SOURCES = tests/check_filters.c
tests_check_filters_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_filters_CFLAGS = $(TEST_CFLAGS)
tests_check_filters_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_filters
TESTS += tests/fuzz_filters
tests_fuzz_filters_SOURCES = tests/fuzz/fuzz_filters.c $(FUZZ_MAIN)
tests_fuzz_filters_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_filters_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_filters_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_filters_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
# Signatures a CPU second: make bench/dkim && bench/dkim_rates.py bench/dkim
EXTRA_PROGRAMS += bench/dkim
EXTRA_DIST += bench/dkim_rates.py tests/support/dkim_signer.py
bench_dkim_SOURCES = bench/dkim.c
bench_dkim_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
bench_dkim_CFLAGS = $(AM_CFLAGS) $(OPENDKIM_CFLAGS)
check_PROGRAMS += tests/fuzz_dkim
TESTS += tests/fuzz_dkim
tests_fuzz_dkim_SOURCES = tests/fuzz/fuzz_dkim.c tests/fuzz/fuzz_dkim.h \
	tests/fuzz/dkim_engines.c $(FUZZ_MAIN)
tests_fuzz_dkim_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_dkim_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_dkim_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_dkim_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
check_PROGRAMS += tests/check_dkim
TESTS += tests/check_dkim
tests_check_dkim_SOURCES = tests/check_dkim.c
tests_check_dkim_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_dkim_CFLAGS = $(TEST_CFLAGS)
tests_check_dkim_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_meta
TESTS += tests/check_rules_meta
tests_check_rules_meta_SOURCES = tests/check_rules_meta.c
tests_check_rules_meta_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_meta_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_meta_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)

# Whole scans with a rule set: make bench/rules && bench/rules.py
EXTRA_PROGRAMS += bench/rules
bench_rules_SOURCES = bench/rules.c proxy/cmd/saved.c
bench_rules_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
check_PROGRAMS += tests/check_rules_lang
TESTS += tests/check_rules_lang
tests_check_rules_lang_SOURCES = tests/check_rules_lang.c
tests_check_rules_lang_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_lang_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_lang_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_set
TESTS += tests/check_rules_set
tests_check_rules_set_SOURCES = tests/check_rules_set.c
tests_check_rules_set_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_set_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_set_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
