# Tests of this room; see tests/local.mk.
RULES_TEST = tests/check_rules.c tests/check_rules.h
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
tests_check_rules_meta_SOURCES = tests/check_rules_meta.c $(RULES_TEST)
tests_check_rules_meta_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_meta_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_meta_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)

# How far the rules run over their budget: make bench/budget && bench/budget
EXTRA_PROGRAMS += bench/budget
bench_budget_SOURCES = bench/budget.c
bench_budget_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
# Whole scans with a rule set: make bench/rules && bench/rules.py
EXTRA_PROGRAMS += bench/rules
bench_rules_SOURCES = bench/rules.c proxy/cmd/saved.c
bench_rules_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
check_PROGRAMS += tests/check_rules_lang
TESTS += tests/check_rules_lang
tests_check_rules_lang_SOURCES = tests/check_rules_lang.c $(RULES_TEST)
tests_check_rules_lang_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_lang_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_lang_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_set
TESTS += tests/check_rules_set
tests_check_rules_set_SOURCES = tests/check_rules_set.c $(RULES_TEST)
tests_check_rules_set_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_set_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_set_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_stock
TESTS += tests/check_rules_stock
tests_check_rules_stock_SOURCES = tests/check_rules_stock.c
tests_check_rules_stock_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_stock_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_stock_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_split
TESTS += tests/check_rules_split
tests_check_rules_split_SOURCES = tests/check_rules_split.c $(RULES_TEST)
tests_check_rules_split_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_split_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_split_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_text
TESTS += tests/check_rules_text
tests_check_rules_text_SOURCES = tests/check_rules_text.c $(RULES_TEST)
tests_check_rules_text_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_text_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_text_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_rules
TESTS += tests/fuzz_rules
tests_fuzz_rules_SOURCES = tests/fuzz/fuzz_rules.c $(FUZZ_MAIN)
tests_fuzz_rules_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_rules_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_rules_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_rules_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
check_PROGRAMS += tests/fuzz_split
TESTS += tests/fuzz_split
tests_fuzz_split_SOURCES = tests/fuzz/fuzz_split.c $(FUZZ_MAIN)
tests_fuzz_split_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_split_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_split_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_split_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
check_PROGRAMS += tests/fuzz_prefilter
TESTS += tests/fuzz_prefilter
tests_fuzz_prefilter_SOURCES = tests/fuzz/fuzz_prefilter.c $(FUZZ_MAIN)
tests_fuzz_prefilter_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_prefilter_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_prefilter_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_prefilter_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)

# The same hits with and without the prefilter.
check_PROGRAMS += tests/same_hits
tests_same_hits_SOURCES = tests/same_hits.c tests/grow.c tests/grow.h \
	proxy/cmd/saved.c
tests_same_hits_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
check_PROGRAMS += tests/same_marks
tests_same_marks_SOURCES = tests/same_marks.c tests/grow.c tests/grow.h
tests_same_marks_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK)
check_PROGRAMS += tests/check_rules_engine
TESTS += tests/check_rules_engine tests/check_prefilter.py
EXTRA_DIST += tests/check_prefilter.py bench/rules.py bench/rules_judge.pl
tests_check_rules_engine_SOURCES = tests/check_rules_engine.c $(RULES_TEST)
tests_check_rules_engine_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_engine_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_engine_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
check_PROGRAMS += tests/check_rules_budget
TESTS += tests/check_rules_budget
tests_check_rules_budget_SOURCES = tests/check_rules_budget.c $(RULES_TEST)
tests_check_rules_budget_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_budget_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_budget_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)

# The whole corpus, and a million texts.
.PHONY: check-prefilter
check-prefilter: tests/same_hits tests/same_marks
	$(PYTHON3) $(srcdir)/tests/check_prefilter.py tests/same_hits \
	    tests/same_marks 0 3000 1000000
check_PROGRAMS += tests/check_rules_captured
TESTS += tests/check_rules_captured
tests_check_rules_captured_SOURCES = tests/check_rules_captured.c $(RULES_TEST)
tests_check_rules_captured_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_rules_captured_CFLAGS = $(TEST_CFLAGS)
tests_check_rules_captured_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
