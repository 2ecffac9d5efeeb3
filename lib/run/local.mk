noinst_LIBRARIES += lib/librun.a
lib_librun_a_SOURCES = $(RUN_SOURCES) $(DNS_SOURCES)
RUN_SOURCES = lib/run/coro.c lib/run/coro_sanitize.h lib/run/coro_stack.c \
	lib/run/coro_stack.h lib/run/coro_timer.c lib/run/coro_timer.h \
	lib/run/hosts.c lib/run/hosts.h lib/run/loop.c \
	lib/run/loop_private.h lib/run/net.c lib/run/spool.c lib/run/stream.c \
	lib/run/stream_line.c lib/run/stream_private.h lib/run/stream_tls.c \
	lib/run/tls.c lib/run/tls_ticket.c \
	lib/run/tls_private.h
DNS_SOURCES = lib/run/dns_ask.h lib/run/dns_block.c lib/run/dns_event.c lib/run/dns_name.c lib/run/dns_packet.c \
	lib/run/dns_setup.c lib/run/dns_setup.h lib/run/dns_zone.c \
	lib/run/dns_zone_parse.c lib/run/dns_zone_parse.h
