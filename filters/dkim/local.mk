DKIM_SOURCES = filters/dkim/bodyhash.c filters/dkim/bodyhash.h \
	filters/dkim/digest.c filters/dkim/digest.h \
	filters/dkim/dkim_filter.c filters/dkim/dkim_filter.h \
	filters/dkim/engine.h filters/dkim/engine_native.c \
	filters/dkim/engine_opendkim.c filters/dkim/headercanon.c \
	filters/dkim/headercanon.h filters/dkim/keycache.c \
	filters/dkim/keycache.h filters/dkim/keyrecord.c \
	filters/dkim/keyrecord.h filters/dkim/opendkim_key.c \
	filters/dkim/opendkim_key.h filters/dkim/rsakey.c \
	filters/dkim/rsakey.h filters/dkim/signature.c \
	filters/dkim/signature.h filters/dkim/taglist.c \
	filters/dkim/taglist.h filters/dkim/verify.c filters/dkim/verify.h
