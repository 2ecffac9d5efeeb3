# Tests of the whole program, in Python; each prints what it saw and is
# skipped, with its reason, where it cannot run.
TEST_EXTENSIONS = .py
PY_LOG_COMPILER = $(PYTHON3)
AM_TESTS_ENVIRONMENT = \
	POSTERN='$(abs_builddir)/postern$(EXEEXT)'; export POSTERN; \
	RULES='$(abs_top_srcdir)/rules'; export RULES; \
	VECTORS='$(VECTORS)'; export VECTORS; \
	DUMP_TARGETS='$(abs_builddir)/tests/dump_targets$(EXEEXT)'; export DUMP_TARGETS; \
	CK_DEFAULT_TIMEOUT=60; export CK_DEFAULT_TIMEOUT;
WHOLE_TESTS = tests/check_config.py tests/check_doctor.py \
	tests/talk/talk.py \
	tests/talk/check_table.py tests/integration/check_log_readers.py \
	tests/spf_suite.py \
	tests/dkim_suite.py tests/integration/check_dkim_vectors.py \
	tests/check_first_run.py \
	tests/integration/check_smuggling.py \
	tests/integration/check_desync.py tests/integration/check_hostile.py \
	tests/integration/check_postfix.py \
	tests/integration/check_milter.py \
	tests/integration/check_milter_identity.py \
	tests/integration/check_milter_protocol.py \
	tests/integration/check_milter_threads.py \
	tests/integration/check_milter_trouble.py \
	tests/integration/check_corpus.py tests/integration/check_kill.py \
	tests/integration/check_parity.py \
	tests/integration/check_reload.py
TESTS += $(WHOLE_TESTS)
check_PROGRAMS += $(bin_PROGRAMS)
EXTRA_DIST += $(WHOLE_TESTS) tests/integration/postfix.py \
	tests/integration/milter_cases.py tests/integration/milter_client.py \
	tests/integration/milter_door.py tests/integration/milter_load.py \
	tests/milter/abort.lua tests/milter/common.lua tests/milter/empty.lua \
	tests/milter/fewer.lua tests/milter/forged.lua tests/milter/large.lua \
	tests/milter/plain.lua tests/milter/quarantine.lua \
	tests/milter/refusals.lua tests/tsan.supp \
	tests/integration/sendmail.py \
	tests/integration/desync_backend.py tests/integration/desync_client.py \
	tests/integration/desync_model.py \
	tests/integration/hostile_clients.py \
	tests/integration/check_dkim_relay.py tests/support/dkim_vectors.py \
	tests/support/ports.py tests/talk/peer.py

# The closing line, and why something was skipped.
check-local: check-TESTS
	@sh $(srcdir)/tests/support/summary.sh

# What takes too long for every day.
.PHONY: check-long
check-long: all
	CORPUS_COUNT=6046 $(MAKE) check \
	    TESTS=tests/integration/check_corpus.py

# 100,000 random dialogues; a dialogue that fails says how to play it alone.
.PHONY: check-desync check-smuggling
DESYNC_COUNT = 100000
DESYNC_SEED = 1
check-desync: postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_desync.py \
	    --count $(DESYNC_COUNT) --seed $(DESYNC_SEED) ./postern
	$(PYTHON3) $(srcdir)/tests/integration/check_desync.py --reload 0.5 \
	    --count 5000 --seed $(DESYNC_SEED) ./postern

# Every cut of every conversation, not only those near the dot.
check-smuggling: postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_smuggling.py --all ./postern

# Real servers behind and real programs in front; minutes, and root.
.PHONY: check-real
REAL_TESTS = tests/integration/check_behind.py \
	tests/integration/check_front.py tests/integration/check_sasl.py \
	tests/integration/check_lmtp.py tests/integration/check_tls.py \
	tests/integration/check_transparent.py
EXTRA_DIST += $(REAL_TESTS) tests/integration/door.py \
	tests/integration/packages.py
check-real: all
	$(MAKE) check TESTS='$(REAL_TESTS)'

# What DKIM needs in memory for mails of 20 MB.
.PHONY: check-dkim-memory
check-dkim-memory: postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_dkim_memory.py \
	    ./postern$(EXEEXT)
EXTRA_DIST += tests/integration/check_dkim_memory.py

# Signed mail through Postern to a real Postfix with a real opendkim.
.PHONY: check-dkim-relay
check-dkim-relay: all
	$(PYTHON3) $(srcdir)/tests/integration/check_dkim_relay.py \
	    ./postern$(EXEEXT) $(srcdir)/rules

# The hits of SpamAssassin itself beside ours, PARITY_COUNT mails; then ours
# with and without the prefilter, the whole corpus.
.PHONY: check-parity
PARITY_COUNT = 2000
check-parity: postern$(EXEEXT) tests/dump_targets$(EXEEXT) \
	tests/same_hits$(EXEEXT) tests/same_marks$(EXEEXT)
	status=0; \
	$(PYTHON3) $(srcdir)/tests/integration/check_parity.py \
	    --count $(PARITY_COUNT) --targets tests/dump_targets ./postern || \
	    status=1; \
	$(PYTHON3) $(srcdir)/tests/check_prefilter.py tests/same_hits \
	    tests/same_marks 0 300 20000 || status=1; \
	exit $$status
EXTRA_DIST += tests/support/parity.py \
	tests/support/parity_judge.pl

# The milter's threads under ThreadSanitizer: 10,000 messages on 20
# connections.  Built from a copy of the sources.
.PHONY: check-tsan check-milter-long
TSAN_COUNT = 10000
check-tsan:
	VECTORS='$(VECTORS)' $(srcdir)/tests/support/sanitized.sh build-tsan thread
	$(MAKE) -C build-tsan postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_milter_threads.py \
	    --count $(TSAN_COUNT) build-tsan/postern$(EXEEXT)

# Killed and reloaded for minutes, not seconds; 500 real mails and every vector
# through every door.
check-milter-long: postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_milter_identity.py \
	    --corpus 500 --vectors 0 ./postern$(EXEEXT) $(srcdir)/rules \
	    '$(VECTORS)'
	$(PYTHON3) $(srcdir)/tests/integration/check_milter_trouble.py \
	    --seconds 60 ./postern$(EXEEXT)
	$(PYTHON3) $(srcdir)/tests/integration/check_milter_threads.py \
	    --count 30000 ./postern$(EXEEXT)
