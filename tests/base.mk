# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_base
TESTS += tests/check_base
tests_check_base_SOURCES = tests/check_base.c
tests_check_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_base_CFLAGS = $(TEST_CFLAGS)
tests_check_base_LDADD = $(BASE_LIBS) $(CHECK_LIBS)
