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

tests_fuzz_mime_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)

# GMime's parser over the same mails: the corpus, and with check-oracle also
# mails that are broken at random.
TESTS += tests/check_oracle.py
EXTRA_DIST += tests/check_oracle.py
if GMIME
check_PROGRAMS += tests/oracle_mime
endif
EXTRA_PROGRAMS += tests/oracle_mime
tests_oracle_mime_SOURCES = tests/oracle_mime.c tests/oracle_leaves.c \
	tests/oracle_leaves.h tests/oracle_break.c tests/oracle_break.h
tests_oracle_mime_CPPFLAGS = $(TEST_CPPFLAGS)
tests_oracle_mime_CFLAGS = $(TEST_CFLAGS) $(GMIME_CFLAGS)
tests_oracle_mime_LDADD = $(MAIL_LIBS) $(GMIME_LIBS)
.PHONY: check-oracle
ORACLE_BROKEN = 5000
check-oracle: $(check_PROGRAMS)
	$(PYTHON3) $(srcdir)/tests/check_oracle.py \
	    --broken $(ORACLE_BROKEN) || test $$? = 77

# CPU for hostile HTML: make bench/html && bench/html.py
EXTRA_PROGRAMS += bench/html
EXTRA_DIST += bench/html.py
bench_html_SOURCES = bench/html.c
bench_html_LDADD = $(MAIL_LIBS)
