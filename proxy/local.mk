bin_PROGRAMS += postern
postern_SOURCES = proxy/main.c \
	proxy/cmd/check.c proxy/cmd/doctor.c proxy/cmd/postfix_conf.c \
	proxy/cmd/postfix_conf.h proxy/cmd/cmd.h proxy/cmd/conf.c \
	proxy/cmd/judge.c proxy/cmd/rules.c proxy/cmd/rules_audit.c \
	proxy/cmd/rules_audit.h proxy/cmd/rules_pump.c proxy/cmd/rules_pump.h \
	proxy/cmd/rules_case.c proxy/cmd/rules_case_mail.c \
	proxy/cmd/rules_corpus.c proxy/cmd/rules_corpus.h \
	proxy/cmd/rules_import.c proxy/cmd/rules_stats.c proxy/cmd/rules_lint.c proxy/cmd/rules_list.c proxy/cmd/rules_test.c \
	proxy/cmd/rules_tools.h proxy/cmd/resolver.c proxy/cmd/resolver.h proxy/cmd/saved.c \
	proxy/cmd/saved.h proxy/cmd/scan.c proxy/cmd/scan_flip.c proxy/cmd/scan_flip.h \
	proxy/cmd/scan_target.c proxy/cmd/scan_target.h proxy/cmd/scan_print.c \
	proxy/cmd/scan_print.h proxy/cmd/serve.c proxy/cmd/sink.c proxy/cmd/sink.h \
	proxy/cmd/sink_maildir.c proxy/cmd/sink_session.c proxy/cmd/spf.c proxy/cmd/spf_trace.c proxy/cmd/spf_trace.h \
	proxy/daemon/config.c proxy/daemon/config.h \
	proxy/daemon/config_rules.c proxy/daemon/config_rules.h \
	proxy/daemon/config_table.c proxy/daemon/listener.c \
	proxy/daemon/listener.h proxy/daemon/listener_table.c \
	proxy/daemon/master.c \
	proxy/daemon/master.h proxy/daemon/privileges.c \
	proxy/daemon/privileges.h proxy/daemon/sockets.c \
	proxy/daemon/sockets.h proxy/daemon/worker.c proxy/daemon/worker.h \
	proxy/report/headers.c proxy/report/json.c proxy/report/meter.c \
	proxy/report/meter.h proxy/report/report.c proxy/report/report.h \
	proxy/report/strip.c proxy/report/strip.h \
	proxy/report/transaction.c proxy/report/transaction.h \
	proxy/daemon/limits.c proxy/daemon/limits.h \
	proxy/daemon/milter_conf.c proxy/daemon/milter_conf.h \
	proxy/daemon/milter_table.c \
	proxy/milter/answer.c proxy/milter/answer.h \
	proxy/milter/callbacks.c proxy/milter/callbacks.h \
	proxy/milter/edit.c proxy/milter/edit.h \
	proxy/milter/guest.c proxy/milter/guest.h \
	proxy/milter/judge.c proxy/milter/judge.h \
	proxy/milter/lanepool.c proxy/milter/lanepool.h \
	proxy/milter/mail.c proxy/milter/mail.h \
	proxy/milter/milter.c proxy/milter/milter.h \
	proxy/milter/offer.c proxy/milter/offer.h \
	proxy/smtp/attributes.c proxy/smtp/attributes.h \
	proxy/smtp/refusal.c proxy/smtp/refusal.h \
	proxy/smtp/greet.c proxy/smtp/greet.h proxy/smtp/hold.c \
	proxy/smtp/hold.h proxy/smtp/judge.c proxy/smtp/judge.h \
	proxy/smtp/lmtp.c proxy/smtp/lmtp.h proxy/smtp/proxy_header.c \
	proxy/smtp/proxy_header.h proxy/smtp/sasl.c proxy/smtp/sasl.h \
	proxy/smtp/upstream.c proxy/smtp/upstream.h \
	proxy/smtp/verb_auth.c proxy/smtp/verb_bdat.c \
	proxy/smtp/verb_starttls.c proxy/smtp/verb_xclient.c \
	proxy/smtp/backend.c proxy/smtp/backend.h proxy/smtp/course.c \
	proxy/smtp/course.h proxy/smtp/ehlo.c \
	proxy/smtp/ehlo.h proxy/smtp/identity.c proxy/smtp/identity.h \
	proxy/smtp/probe.c proxy/smtp/probe.h proxy/smtp/receive.c \
	proxy/smtp/receive.h proxy/smtp/session.c proxy/smtp/session.h \
	proxy/smtp/transfer.c proxy/smtp/transfer.h proxy/smtp/verb_data.c \
	proxy/smtp/verb_hello.c proxy/smtp/verb_mail.c \
	proxy/smtp/verb_rcpt.c proxy/smtp/verbs.c proxy/smtp/verbs.h
postern_LDADD = $(FILTER_LIBS) $(RUN_LIBS) $(FILTER_LINK) $(RUN_LINK) \
	$(JANSSON_LIBS) $(MILTER_LIBS)
