# The filter
RULES_SOURCES = filters/rules/counters.c filters/rules/counters.h \
	filters/rules/rules_filter.c filters/rules/rules_filter.h
# Regexes: Perl's syntax, read, and compiled by PCRE2
RULES_SOURCES += filters/rules/regex/octets.c filters/rules/regex/octets.h \
	filters/rules/regex/perlre.c filters/rules/regex/perlre.h \
	filters/rules/regex/regex.c filters/rules/regex/regex.h \
	filters/rules/regex/regex_captured.c filters/rules/regex/regex_class.c \
	filters/rules/regex/regex_escape.c filters/rules/regex/regex_group.c \
	filters/rules/regex/regex_length.c filters/rules/regex/regex_list.c \
	filters/rules/regex/regex_parser.h \
	filters/rules/regex/regex_private.h filters/rules/regex/regex_split.c \
	filters/rules/regex/regex_split.h filters/rules/regex/regex_tree.c \
	filters/rules/regex/regex_tree.h
# Regexes that may take for ever
RULES_SOURCES += filters/rules/redos/redos.c filters/rules/redos/redos.h \
	filters/rules/redos/redos_graph.c filters/rules/redos/redos_graph.h \
	filters/rules/redos/redos_path.c filters/rules/redos/redos_path.h
# What a rule set is
RULES_SOURCES += filters/rules/set/glob_match.c \
	filters/rules/set/glob_match.h filters/rules/set/lists.c \
	filters/rules/set/lists.h filters/rules/set/meta.c filters/rules/set/meta.h \
	filters/rules/set/meta_private.h filters/rules/set/meta_watch.c \
	filters/rules/set/metas.c filters/rules/set/metas.h \
	filters/rules/set/replace.c filters/rules/set/replace.h \
	filters/rules/set/rule.h filters/rules/set/ruleset.c \
	filters/rules/set/ruleset.h filters/rules/set/ruleset_diff.c \
	filters/rules/set/uri_redirect.c filters/rules/set/uri_redirect.h
# Small texts of a mail: names, addresses, links
RULES_SOURCES += filters/rules/text/address.c filters/rules/text/address.h \
	filters/rules/text/domain.c filters/rules/text/domain.h \
	filters/rules/text/mail_date.c filters/rules/text/mail_date.h \
	filters/rules/text/shape.c filters/rules/text/shape.h \
	filters/rules/text/text_part.c filters/rules/text/text_part.h \
	filters/rules/text/uri_forms.c filters/rules/text/uri_forms.h \
	filters/rules/text/uri_host.c filters/rules/text/uri_host.h \
	filters/rules/text/uri_text.c filters/rules/text/uri_text.h
# Received fields
RULES_SOURCES += filters/rules/relay/relay.c filters/rules/relay/relay.h \
	filters/rules/relay/relay_auth.c filters/rules/relay/relay_auth.h \
	filters/rules/relay/relay_formats.c filters/rules/relay/relay_formats.h \
	filters/rules/relay/relay_line.c filters/rules/relay/relay_line.h
# What rules are asked of
RULES_SOURCES += filters/rules/target/relays.c filters/rules/target/relays.h \
	filters/rules/target/target.c filters/rules/target/target.h \
	filters/rules/target/target_all.c filters/rules/target/target_body.c \
	filters/rules/target/target_header.c filters/rules/target/target_header.h \
	filters/rules/target/target_mimeheader.c filters/rules/target/target_raw.c \
	filters/rules/target/target_sender.c filters/rules/target/target_uri.c
# Tests that are functions
RULES_SOURCES += filters/rules/eval/eval.c filters/rules/eval/eval.h \
	filters/rules/eval/eval_auth.c filters/rules/eval/eval_body.c \
	filters/rules/eval/eval_charset.c filters/rules/eval/eval_date.c \
	filters/rules/eval/eval_forged.c filters/rules/eval/eval_forged.h \
	filters/rules/eval/eval_freemail.c filters/rules/eval/eval_header.c \
	filters/rules/eval/eval_html.c filters/rules/eval/eval_html.h \
	filters/rules/eval/eval_image.c filters/rules/eval/eval_link.c \
	filters/rules/eval/eval_list.c filters/rules/eval/eval_mime.c \
	filters/rules/eval/eval_mute.c filters/rules/eval/eval_relay.c \
	filters/rules/eval/eval_text.c filters/rules/eval/eval_util.c \
	filters/rules/eval/eval_util.h filters/rules/eval/mime_facts.c \
	filters/rules/eval/mime_facts.h filters/rules/eval/mime_shape.c \
	filters/rules/eval/mime_shape.h
# All rules of one mail
RULES_SOURCES += filters/rules/match/ahocorasick.c \
	filters/rules/match/ahocorasick.h filters/rules/match/budget.c \
	filters/rules/match/budget.h filters/rules/match/captured.c \
	filters/rules/match/captured.h filters/rules/match/early.c \
	filters/rules/match/early.h filters/rules/match/hunt.c \
	filters/rules/match/hunt.h filters/rules/match/lazydfa.c \
	filters/rules/match/lazydfa.h filters/rules/match/literal.c \
	filters/rules/match/literal.h filters/rules/match/nfa.c \
	filters/rules/match/nfa.h filters/rules/match/nfa_finish.c \
	filters/rules/match/nfa_likelihood.c \
	filters/rules/match/nfa_likelihood.h filters/rules/match/pass.c \
	filters/rules/match/pass.h filters/rules/match/plan.c \
	filters/rules/match/plan.h filters/rules/match/report.c \
	filters/rules/match/report.h filters/rules/match/stretch.c \
	filters/rules/match/stretch.h
# Rule files, read
RULES_SOURCES += filters/rules/cf/cf.c filters/rules/cf/cf.h \
	filters/rules/cf/cf_attribute.c filters/rules/cf/cf_condition.c \
	filters/rules/cf/cf_eval.c filters/rules/cf/cf_fate.c \
	filters/rules/cf/cf_plugin.c \
	filters/rules/cf/cf_rule.c filters/rules/cf/cf_setting.c \
	filters/rules/cf/ruleset_early.c filters/rules/cf/ruleset_load.c \
	filters/rules/cf/ruleset_settle.c
