# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_mime
TESTS += tests/check_mime
tests_check_mime_SOURCES = tests/check_mime.c tests/check_mime.h \
	tests/check_message.c tests/check_header.c tests/check_charset.c \
	tests/check_mime_tree.c tests/check_mime_part.c \
	tests/check_mime_decode.c tests/check_html.c
tests_check_mime_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_mime_CFLAGS = $(TEST_CFLAGS)
tests_check_mime_LDADD = $(MAIL_LIBS) $(CHECK_LIBS)
check_PROGRAMS += tests/fuzz_mime
TESTS += tests/fuzz_mime
tests_fuzz_mime_SOURCES = tests/fuzz/fuzz_mime.c $(FUZZ_MAIN)
tests_fuzz_mime_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_mime_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_mime_LDADD = $(MAIL_LIBS)

# GMime is only asked here: make check-oracle ORACLE_MAIL=FOLDER
EXTRA_PROGRAMS += tests/oracle_mime
tests_oracle_mime_SOURCES = tests/oracle_mime.c
tests_oracle_mime_CPPFLAGS = $(TEST_CPPFLAGS)
tests_oracle_mime_CFLAGS = $(TEST_CFLAGS) `pkg-config --cflags gmime-3.0`
tests_oracle_mime_LDADD = $(MAIL_LIBS) -lgmime-3.0 -lgobject-2.0 -lglib-2.0
ORACLE_MAIL =
check-oracle:
	@if pkg-config --exists gmime-3.0; then \
		$(MAKE) tests/oracle_mime$(EXEEXT) && \
		{ tests/oracle_mime $(ORACLE_MAIL) || test $$? = 77; }; \
	else \
		echo "skipped: gmime-3.0 is not installed"; \
	fi
.PHONY: check-oracle
tests_fuzz_mime_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
