SPF_SOURCES = filters/spf/spf_check.c filters/spf/spf_check.h \
	filters/spf/spf_eval.c filters/spf/spf_eval.h \
	filters/spf/spf_filter.c filters/spf/spf_filter.h \
	filters/spf/spf_internal.c filters/spf/spf_libspf2.c \
	filters/spf/spf_match.c \
	filters/spf/spf_macro.c filters/spf/spf_macro.h \
	filters/spf/spf_received.c filters/spf/spf_received.h \
	filters/spf/spf_record.c filters/spf/spf_record.h
