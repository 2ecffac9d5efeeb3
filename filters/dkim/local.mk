DKIM_SOURCES = filters/dkim/bodyhash.c filters/dkim/bodyhash.h \
	filters/dkim/dkim_filter.c filters/dkim/dkim_filter.h \
	filters/dkim/engine.h filters/dkim/engine_native.c \
	filters/dkim/engine_opendkim.c filters/dkim/keyrecord.c \
	filters/dkim/keyrecord.h filters/dkim/signature.c \
	filters/dkim/signature.h filters/dkim/taglist.c \
	filters/dkim/taglist.h
