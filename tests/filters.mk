# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_filters
TESTS += tests/check_filters
tests_check_filters_SOURCES = tests/check_filters.c
tests_check_filters_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_filters_CFLAGS = $(TEST_CFLAGS)
tests_check_filters_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK) $(CHECK_LIBS)
