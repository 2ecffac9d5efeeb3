RULES_SOURCES = filters/rules/cf.c filters/rules/cf.h \
	filters/rules/cf_rule.c filters/rules/meta.c filters/rules/meta.h \
	filters/rules/regex.c filters/rules/regex.h \
	filters/rules/rules_filter.c filters/rules/rules_filter.h \
	filters/rules/ruleset.c filters/rules/ruleset.h \
	filters/rules/target.c filters/rules/target.h
