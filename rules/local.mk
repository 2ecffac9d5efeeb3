rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = rules/10_test.cf rules/20_header.cf rules/30_body.cf
EXTRA_DIST += rules/README.md
