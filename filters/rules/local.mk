RULES_SOURCES = filters/rules/ahocorasick.c filters/rules/ahocorasick.h \
	filters/rules/budget.c filters/rules/budget.h \
	filters/rules/captured.c filters/rules/captured.h \
	filters/rules/cf.c filters/rules/cf.h \
	filters/rules/cf_attribute.c filters/rules/cf_condition.c \
	filters/rules/cf_eval.c filters/rules/cf_plugin.c \
	filters/rules/cf_rule.c filters/rules/cf_setting.c \
	filters/rules/counters.c filters/rules/counters.h \
	filters/rules/early.c filters/rules/early.h \
	filters/rules/lists.c filters/rules/lists.h \
	filters/rules/hunt.c filters/rules/hunt.h \
	filters/rules/lazydfa.c filters/rules/lazydfa.h \
	filters/rules/literal.c filters/rules/literal.h \
	filters/rules/meta.c filters/rules/meta.h \
	filters/rules/metas.c filters/rules/metas.h \
	filters/rules/redos.c filters/rules/redos.h \
	filters/rules/redos_atom.c filters/rules/redos_class.c \
	filters/rules/redos_class.h filters/rules/redos_graph.c \
	filters/rules/redos_graph.h filters/rules/redos_parser.h \
	filters/rules/redos_path.c filters/rules/redos_path.h \
	filters/rules/redos_tree.c filters/rules/redos_tree.h \
	filters/rules/nfa.c filters/rules/nfa.h \
	filters/rules/pass.c filters/rules/pass.h \
	filters/rules/plan.c filters/rules/plan.h \
	filters/rules/perlre.c filters/rules/perlre.h \
	filters/rules/regex.c filters/rules/regex.h \
	filters/rules/regex_captured.c filters/rules/regex_private.h \
	filters/rules/regex_class.c filters/rules/regex_length.c \
	filters/rules/regex_tree.c filters/rules/regex_tree.h \
	filters/rules/replace.c filters/rules/replace.h \
	filters/rules/report.c filters/rules/report.h filters/rules/rule.h \
	filters/rules/rules_filter.c filters/rules/rules_filter.h \
	filters/rules/ruleset.c filters/rules/ruleset.h \
	filters/rules/ruleset_diff.c filters/rules/ruleset_early.c \
	filters/rules/ruleset_load.c filters/rules/ruleset_settle.c \
	filters/rules/target.c filters/rules/target.h \
	filters/rules/target_uri.c
# Text
RULES_SOURCES += filters/rules/target_body.c filters/rules/target_raw.c
RULES_SOURCES += filters/rules/text_part.c filters/rules/text_part.h
RULES_SOURCES += filters/rules/uri_forms.c filters/rules/uri_forms.h
RULES_SOURCES += filters/rules/uri_host.c filters/rules/uri_host.h
RULES_SOURCES += filters/rules/uri_redirect.c filters/rules/uri_redirect.h
RULES_SOURCES += filters/rules/uri_text.c filters/rules/uri_text.h
# Hops, header targets and evals
RULES_SOURCES += filters/rules/address.c filters/rules/address.h
RULES_SOURCES += filters/rules/domain.c filters/rules/domain.h
RULES_SOURCES += filters/rules/eval.c filters/rules/eval.h
RULES_SOURCES += filters/rules/eval_auth.c
RULES_SOURCES += filters/rules/eval_body.c
RULES_SOURCES += filters/rules/eval_charset.c
RULES_SOURCES += filters/rules/eval_date.c
RULES_SOURCES += filters/rules/eval_forged.c filters/rules/eval_forged.h
RULES_SOURCES += filters/rules/eval_freemail.c
RULES_SOURCES += filters/rules/eval_header.c
RULES_SOURCES += filters/rules/eval_html.c filters/rules/eval_html.h
RULES_SOURCES += filters/rules/eval_image.c
RULES_SOURCES += filters/rules/eval_link.c
RULES_SOURCES += filters/rules/eval_list.c
RULES_SOURCES += filters/rules/eval_mime.c
RULES_SOURCES += filters/rules/mime_facts.c filters/rules/mime_facts.h
RULES_SOURCES += filters/rules/mime_shape.c filters/rules/mime_shape.h
RULES_SOURCES += filters/rules/eval_relay.c
RULES_SOURCES += filters/rules/eval_text.c
RULES_SOURCES += filters/rules/eval_util.c filters/rules/eval_util.h
RULES_SOURCES += filters/rules/glob_match.c filters/rules/glob_match.h
RULES_SOURCES += filters/rules/mail_date.c filters/rules/mail_date.h
RULES_SOURCES += filters/rules/eval_mute.c
RULES_SOURCES += filters/rules/relay.c filters/rules/relay.h
RULES_SOURCES += filters/rules/relay_auth.c filters/rules/relay_auth.h
RULES_SOURCES += filters/rules/relay_formats.c filters/rules/relay_formats.h
RULES_SOURCES += filters/rules/relay_line.c filters/rules/relay_line.h
RULES_SOURCES += filters/rules/relays.c filters/rules/relays.h
RULES_SOURCES += filters/rules/shape.c filters/rules/shape.h
RULES_SOURCES += filters/rules/target_all.c
RULES_SOURCES += filters/rules/target_header.c filters/rules/target_header.h
RULES_SOURCES += filters/rules/target_mimeheader.c
RULES_SOURCES += filters/rules/target_sender.c
