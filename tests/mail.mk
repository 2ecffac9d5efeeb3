# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_mail tests/fuzz_mail
TESTS += tests/check_mail tests/fuzz_mail
tests_check_mail_SOURCES = tests/check_mail.c tests/check_mail.h \
	tests/check_command.c tests/check_reply.c tests/check_dotline.c \
	tests/check_authres.c tests/check_mailbox.c
tests_check_mail_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_mail_CFLAGS = $(TEST_CFLAGS)
tests_check_mail_LDADD = $(MAIL_LIBS) $(CHECK_LIBS)
tests_fuzz_mail_SOURCES = tests/fuzz/fuzz_mail.c $(FUZZ_MAIN)
tests_fuzz_mail_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_mail_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_mail_LDADD = $(MAIL_LIBS)
tests_fuzz_mail_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
check_PROGRAMS += tests/check_strip
TESTS += tests/check_strip
tests_check_strip_SOURCES = tests/check_strip.c proxy/report/strip.c
tests_check_strip_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_strip_CFLAGS = $(TEST_CFLAGS)
tests_check_strip_LDADD = $(MAIL_LIBS) $(CHECK_LIBS)
