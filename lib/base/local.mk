noinst_LIBRARIES += lib/libbase.a
lib_libbase_a_SOURCES = lib/base/arena.c lib/base/conffile.c lib/base/conffile_load.c \
	lib/base/endpoint.c lib/base/error.c lib/base/ip.c lib/base/log.c \
	lib/base/problem.c lib/base/setting.c lib/base/setting_format.c \
	lib/base/setting_parse.c lib/base/str.c lib/base/strbuf.c \
	lib/base/xalloc.c
