# What rules see of a mail, for check_parity.py.
check_PROGRAMS += tests/dump_targets
tests_dump_targets_SOURCES = tests/dump_targets.c
tests_dump_targets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dump_targets_CFLAGS = $(TEST_CFLAGS)
tests_dump_targets_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)

check_PROGRAMS += tests/fuzz_targets
TESTS += tests/fuzz_targets
tests_fuzz_targets_SOURCES = tests/fuzz/fuzz_targets.c $(FUZZ_MAIN)
tests_fuzz_targets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_targets_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_targets_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
tests_fuzz_targets_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)

check_PROGRAMS += tests/check_targets
TESTS += tests/check_targets
tests_check_targets_SOURCES = tests/check_targets.c tests/check_targets.h
tests_check_targets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_targets_CFLAGS = $(TEST_CFLAGS)
tests_check_targets_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
