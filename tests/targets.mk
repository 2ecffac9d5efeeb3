# What rules see of a mail, for check_parity.py.
EXTRA_PROGRAMS += tests/dump_targets
tests_dump_targets_SOURCES = tests/dump_targets.c
tests_dump_targets_CPPFLAGS = $(TEST_CPPFLAGS)
tests_dump_targets_CFLAGS = $(TEST_CFLAGS)
tests_dump_targets_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
