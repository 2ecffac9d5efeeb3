noinst_LIBRARIES += filters/libfilters.a
filters_libfilters_a_SOURCES = $(CHAIN_SOURCES) $(SPF_SOURCES) \
	$(DKIM_SOURCES) $(RULES_SOURCES)
filters_libfilters_a_CFLAGS = $(AM_CFLAGS) $(OPENDKIM_CFLAGS)
CHAIN_SOURCES = filters/chain.c filters/policy.c filters/policy.h \
	filters/registry.c filters/scan.c
