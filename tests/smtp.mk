# The pure parts of the SMTP door; see tests/local.mk.
check_PROGRAMS += tests/check_smtp tests/fuzz_smtp
TESTS += tests/check_smtp tests/fuzz_smtp
SMTP_PURE = proxy/smtp/attributes.c proxy/smtp/proxy_header.c \
	proxy/smtp/sasl.c proxy/smtp/ehlo.c
tests_check_smtp_SOURCES = tests/check_smtp.c proxy/daemon/limits.c \
	$(SMTP_PURE)
tests_check_smtp_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_smtp_CFLAGS = $(TEST_CFLAGS)
tests_check_smtp_LDADD = $(MAIL_LIBS) $(CHECK_LIBS)
tests_fuzz_smtp_SOURCES = tests/fuzz/fuzz_smtp.c $(SMTP_PURE) $(FUZZ_MAIN)
tests_fuzz_smtp_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_smtp_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_smtp_LDADD = $(MAIL_LIBS)
tests_fuzz_smtp_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
