# Tests of this room; see tests/local.mk.
check_PROGRAMS += tests/check_run
TESTS += tests/check_run
tests_check_run_SOURCES = tests/check_run.c tests/check_run.h \
	tests/check_coro.c tests/check_fake_dns.c \
	tests/check_fake_dns.h tests/check_hosts.c tests/check_net.c tests/check_peer.c \
	tests/check_spool.c tests/check_stack.c tests/check_stream.c \
	tests/check_tls_ticket.c
tests_check_run_CPPFLAGS = $(TEST_CPPFLAGS)
tests_check_run_CFLAGS = $(TEST_CFLAGS)
tests_check_run_LDADD = $(RUN_LIBS) $(RUN_LINK) $(CHECK_LIBS)

# What a coroutine costs: make bench/idle_coro && bench/idle_coro
EXTRA_PROGRAMS += bench/idle_coro
bench_idle_coro_SOURCES = bench/idle_coro.c
bench_idle_coro_LDADD = $(RUN_LIBS) $(RUN_LINK)
