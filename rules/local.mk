rulesdir = $(pkgdatadir)/rules
dist_rules_DATA = \
	rules/10_test.cf \
	rules/20_header.cf \
	rules/21_names.cf \
	rules/22_received.cf \
	rules/25_auth.cf \
	rules/30_html.cf \
	rules/40_uri.cf \
	rules/50_attachments.cf \
	rules/60_scams.cf \
	rules/61_phishing.cf \
	rules/62_offers.cf
EXTRA_DIST += rules/README.md rules/examples/before_data.cf
