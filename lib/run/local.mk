noinst_LIBRARIES += lib/librun.a
lib_librun_a_SOURCES = $(RUN_SOURCES) $(DNS_SOURCES)
RUN_SOURCES =
DNS_SOURCES =
