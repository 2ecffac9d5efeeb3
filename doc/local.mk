# postern.conf(5) is written by a program from the settings tables.
noinst_PROGRAMS = doc/conf_man
doc_conf_man_SOURCES = doc/conf_man.c proxy/daemon/config_table.c \
	proxy/daemon/listener_table.c proxy/daemon/milter_table.c
doc_conf_man_LDADD = $(FILTER_LIBS) $(BASE_LIBS) $(FILTER_LINK)
doc/postern.conf.5: doc/conf_man$(EXEEXT)
	$(AM_V_GEN)doc/conf_man$(EXEEXT) > $@.new && mv $@.new $@
dist_man_MANS = doc/postern.8 doc/postern-rules.8
nodist_man_MANS = doc/postern.conf.5
CLEANFILES += doc/postern.conf.5
EXTRA_DIST += README.md ARCHITECTURE.md CONTRIBUTING.md CHANGES.md \
	SECURITY.md COPYING packaging/postern.service packaging/postern.conf \
	packaging/postfix/main.cf.postern packaging/sendmail/postern.m4 \
	packaging/sendmail/postern.mc doc/decisions/0004-milter-process.md \
	doc/decisions/0001-coroutines.md doc/decisions/0002-guards.md \
	doc/decisions/0003-opendkim-key.md doc/decisions/0005-prefilter.md
