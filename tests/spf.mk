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
