# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_dns tests/fuzz_dns
TESTS += tests/check_dns tests/fuzz_dns

tests_check_dns_SOURCES = tests/check_dns.c tests/check_dns.h \
	tests/check_dns_event.c tests/check_dns_packet.c \
	tests/check_dns_peer.c tests/check_dns_setup.c \
	tests/check_dns_zone.c tests/dns_fake.c \
	tests/dns_fake.h tests/dns_peer.c tests/dns_peer.h tests/dns_wire.c \
	tests/dns_wire.h
tests_check_dns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_dns_CFLAGS = $(TEST_CFLAGS)
tests_check_dns_LDADD = $(RUN_LIBS) $(RUN_LINK) $(CHECK_LIBS)

tests_fuzz_dns_SOURCES = tests/fuzz/fuzz_dns.c $(FUZZ_MAIN)
tests_fuzz_dns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_dns_CFLAGS = $(TEST_CFLAGS)
tests_fuzz_dns_LDADD = $(RUN_LIBS) $(RUN_LINK)

EXTRA_PROGRAMS += tests/bench_dns
tests_bench_dns_SOURCES = tests/bench_dns.c tests/dns_fake.c \
	tests/dns_fake.h tests/dns_wire.c tests/dns_wire.h
tests_bench_dns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_bench_dns_CFLAGS = $(TEST_CFLAGS)
tests_bench_dns_LDADD = $(RUN_LIBS) $(RUN_LINK)
tests_fuzz_dns_LDFLAGS = $(AM_LDFLAGS) $(LINK_FUZZER)
