# What every test program shares.  A room's own file (base.mk, mail.mk ...)
# adds its programs to check_PROGRAMS and TESTS.
TEST_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/support \
	-DTESTDIR='"$(abs_top_srcdir)/tests"' \
	-DVECTORDIR='"$(VECTORS)"'
TEST_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
FUZZ_MAIN = tests/support/fuzz_main.c tests/support/fuzz.h
