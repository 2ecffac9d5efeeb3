/*
 * eval_cases: mails, rules that are evals, and which of them hit.
 *
 * What hits is what SpamAssassin says of the same mail and rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_EVAL_CASES_H
#define POSTERN_EVAL_CASES_H

#define TLD "util_rb_tld example com\n"

static const struct eval_case {
	const char *what;
	const char *rules;
	const char *mail;
	const char *want;
	bool authenticated; /* with findings of SPF, DKIM, DMARC */
} eval_cases[] = {
    {"hops",
	TLD "header ALL_T eval:check_all_trusted()\n"
	    "header NONE eval:check_no_relays()\n"
	    "header UNREAD eval:check_relays_unparseable()\n"
	    "header NUMERIC eval:check_for_numeric_helo()\n"
	    "header MISMATCH eval:helo_ip_mismatch()\n"
	    "header RDNS eval:check_for_sender_no_reverse()\n"
	    "header TRAIL eval:check_for_forged_received_trail()\n"
	    "header MAILFROM eval:check_mailfrom_matches_rcvd()\n"
	    "header DOTCOM eval:check_for_no_rdns_dotcom_helo()\n"
	    "header DOMAIN eval:check_for_from_domain_in_received_headers("
	    "'a.example', 'true')\n",
	"Return-Path: <s@a.example>\n"
	"Received: from 198.51.100.7 (mx.a.example [192.0.2.1])\n"
	"\tby us.example (Postfix) with ESMTP id AAA111\n"
	"Received: from aol.com (unknown [192.0.2.2])\n"
	"\tby relay.b.example (Postfix) with ESMTP id BBB222\n"
	"Received: from nowhere at all\n"
	"From: <s@a.example>\n\nx\n",
	"UNREAD NUMERIC MISMATCH MAILFROM DOTCOM", false},
    {"no hops",
	"header ALL_T eval:check_all_trusted()\n"
	"header NONE eval:check_no_relays()\n",
	"From: a@b.example\n\nx\n", "NONE", false},
    {"inside",
	"header ALL_T eval:check_all_trusted()\n"
	"header NONE eval:check_no_relays()\n",
	"Received: from a (b [10.0.0.1]) by c (Postfix) with SMTP id AAA111\n"
	"From: a@b.example\n\nx\n",
	"ALL_T", false},
    {"header",
	TLD "header TO eval:check_for_missing_to_header()\n"
	    "header CAPS eval:subject_is_all_caps()\n"
	    "header TWICE eval:check_header_count_range('Subject', 2, 9)\n"
	    "header TEMPLATE eval:check_unresolved_template()\n"
	    "header EQUAL eval:check_for_matching_env_and_hdr_from()\n"
	    "header DIFFER eval:check_equal_from_domains()\n"
	    "header ILLEGAL eval:check_illegal_chars('Subject', '0.00', '2')\n",
	"Return-Path: <s@other.example>\n"
	"From: <s@a.example>\n"
	"Subject: Re: BUY THIS NOW\n"
	"Subject: \xe4\xf6\xfc BUY\n"
	"X-Mailer: %RND_MAILER\n\nx\n",
	"TO CAPS TWICE TEMPLATE DIFFER ILLEGAL", false},
    {"recipients",
	"header SIMILAR eval:similar_recipients('0.65', 'undef')\n"
	"header SORTED eval:sorted_recipients()\n"
	"header IN_SUBJ eval:check_for_to_in_subject('user')\n"
	"header ADDR eval:check_for_to_in_subject('address')\n"
	"header TO eval:check_for_missing_to_header()\n",
	"To: baa@aa.example, bab@ab.example, bac@ac.example,\n"
	" bad@ad.example, bae@ae.example, baf@af.example, bag@ag.example\n"
	"Subject: baa, see this\n\nx\n",
	"SIMILAR SORTED IN_SUBJ", false},
    {"dates",
	"header LATE eval:check_for_shifted_date('3', '6')\n"
	"header EARLY eval:check_for_shifted_date('undef', '-3')\n"
	"header MONTHS eval:received_within_months('0', '1')\n"
	"header OLD eval:received_within_months('6', 'undef')\n",
	"Received: from a (b [192.0.2.1]) by c (Postfix) with SMTP id A1;\n"
	"\tTue, 3 Mar 2026 10:00:00 +0000\n"
	"Date: Tue, 3 Mar 2026 14:00:00 +0000\n\nx\n",
	"LATE MONTHS", false},
    {"forged",
	"header HOTMAIL eval:check_for_forged_hotmail_received_headers()\n"
	"header NOT_HOT eval:check_for_no_hotmail_received_headers()\n"
	"header YAHOO eval:check_for_forged_yahoo_received_headers()\n"
	"header GMAIL eval:check_for_forged_gmail_received_headers()\n"
	"header JUNO eval:check_for_forged_juno_received_headers()\n"
	"header EUDORA eval:check_for_forged_eudoramail_received_headers()\n"
	"header GATED eval:gated_through_received_hdr_remover()\n"
	"header AOL eval:check_for_fake_aol_relay_in_rcvd()\n",
	"Received: from hotmail.com (dsl.example [192.0.2.1]) by\n"
	" rly-xw01.mx.aol.com with SMTP; Tue, 3 Mar 2026 10:00:00 +0000\n"
	"From: a@yahoo.com\n\nx\n",
	"HOTMAIL YAHOO AOL", false},
    {"forged gmail",
	"header GMAIL eval:check_for_forged_gmail_received_headers()\n"
	"header YAHOO eval:check_for_forged_yahoo_received_headers()\n",
	"X-Received: by 10.1.2.3 with SMTP id abc\nFrom: a@gmail.com\n\nx\n",
	"", false},
    {"lists",
	TLD "welcomelist_from *@good.example\n"
	    "blocklist_from bad@*.example\n"
	    "blocklist_to list@us.example\n"
	    "welcomelist_from_rcvd *@a.example a.example\n"
	    "welcomelist_subject please read\n"
	    "enlist_addrlist (MINE) s@a.example\n"
	    "enlist_uri_host (BLOCK) evil.example !www.evil.example\n"
	    "header WELCOME eval:check_from_in_welcomelist()\n"
	    "header BLOCK eval:check_from_in_blocklist()\n"
	    "header BLOCK_TO eval:check_to_in_blocklist()\n"
	    "header MINE eval:check_from_in_list('MINE')\n"
	    "header REPLY eval:check_replyto_in_list('MINE')\n"
	    "header SUBJ eval:check_subject_in_welcomelist()\n"
	    "header HOST eval:check_uri_host_in_blocklist()\n"
	    "header FORGED eval:check_forged_in_welcomelist()\n",
	"Received: from mx (mx.a.example [192.0.2.1]) by us.example (Postfix)"
	" with ESMTP id AAA111\n"
	"From: s@a.example\nTo: list@us.example\nReply-To: r@a.example\n"
	"Subject: Please READ this\n\nsee http://x.evil.example/ now\n",
	"WELCOME BLOCK_TO MINE SUBJ HOST", false},
    {"a forged sender of a list",
	TLD "welcomelist_from_rcvd *@a.example a.example\n"
	    "header WELCOME eval:check_from_in_welcomelist()\n"
	    "header FORGED eval:check_forged_in_welcomelist()\n",
	"Received: from mx (mx.b.example [192.0.2.1]) by us.example (Postfix)"
	" with ESMTP id AAA111\n"
	"From: s@a.example\n\nx\n",
	"FORGED", false},
    {"free mail",
	TLD "freemail_domains free.example *.many.example\n"
	    "freemail_welcomelist good@free.example\n"
	    "header FROM eval:check_freemail_from()\n"
	    "header DIGIT eval:check_freemail_from('\\d@')\n"
	    "header REPLY eval:check_freemail_header('Reply-To')\n"
	    "header APART eval:check_freemail_replyto('replyto')\n"
	    "header BODY eval:check_freemail_body()\n"
	    "header TO eval:check_freemail_header('To')\n",
	"From: a@free.example\nReply-To: b1@x.many.example\n"
	"To: good@free.example\n\nwrite to c@free.example now\n",
	"FROM REPLY APART BODY", false},
    {"authentication",
	"header SPF_PASS eval:check_for_spf_pass()\n"
	"header SPF_FAIL eval:check_for_spf_fail()\n"
	"header HELO_SOFT eval:check_for_spf_helo_softfail()\n"
	"full SIGNED eval:check_dkim_signed()\n"
	"full VALID eval:check_dkim_valid()\n"
	"full VALID_B eval:check_dkim_valid('b.example')\n"
	"full AUTHOR eval:check_dkim_valid_author_sig()\n"
	"full ENVELOPE eval:check_dkim_valid_envelopefrom()\n"
	"header DMARC_P eval:check_dmarc_pass()\n"
	"header DMARC_R eval:check_dmarc_reject()\n"
	"full ARC eval:check_arc_signed()\n"
	"welcomelist_auth *@a.example\n"
	"header BY_SPF eval:check_for_spf_welcomelist_from()\n"
	"header BY_DKIM eval:check_for_dkim_welcomelist_from()\n",
	"Return-Path: <s@a.example>\nFrom: s@a.example\n\nx\n",
	"SPF_PASS HELO_SOFT SIGNED VALID AUTHOR ENVELOPE DMARC_R BY_SPF "
	"BY_DKIM",
	true},
    {"no authentication",
	"header SPF_NONE eval:check_for_spf_none()\n"
	"full SIGNED eval:check_dkim_signed()\n"
	"header DMARC_M eval:check_dmarc_missing()\n",
	"From: s@a.example\n\nx\n", "", false},
    {"parts",
	TLD "body HTML eval:check_for_mime_html()\n"
	    "body ONLY eval:check_for_mime_html_only()\n"
	    "body ATT eval:check_for_mime('mime_attachment')\n"
	    "body B64 eval:check_for_mime('mime_base64_count')\n"
	    "body B64TEXT eval:check_for_mime('mime_base64_encoded_text')\n"
	    "body RATIO eval:check_mime_multipart_ratio('0.00', '0.50')\n"
	    "body EPILOGUE eval:check_msg_parse_flags('mime_epilogue_exists')\n"
	    "body NOHEAD eval:check_msg_parse_flags('missing_mime_headers')\n"
	    "body NONTEXT eval:check_ma_non_text()\n"
	    "body LENGTH eval:check_base64_length('8')\n"
	    "body SIZE eval:image_count('gif', 1, 1)\n"
	    "body AREA eval:pixel_coverage('all', 6, 6)\n"
	    "body RANGE eval:image_size_range('gif', 3, 2)\n",
	"Content-Type: multipart/alternative; boundary=\"b\"\n\n"
	"--b\n\nx\n"
	"--b\nContent-Type: text/html\n\n<p>some more words than that</p>\n"
	"--b\nContent-Type: image/gif; name=\"a.gif\"\n"
	"Content-Disposition: attachment\n"
	"Content-Transfer-Encoding: base64\n\n"
	"R0lGODlhAgADAA==\n"
	"--b--\nand more\n",
	"HTML ATT B64 RATIO EPILOGUE NOHEAD NONTEXT LENGTH SIZE AREA RANGE",
	false},
    {"lines",
	"body QP eval:check_for_mime('mime_qp_count')\n"
	"body LONG eval:check_for_mime('mime_qp_long_line')\n"
	"body QPRATIO eval:check_qp_ratio('0.3')\n"
	"header SEPARATOR "
	"eval:check_msg_parse_flags('missing_head_body_separator')\n"
	"body ASCII eval:check_for_ascii_text_illegal()\n",
	"Content-Transfer-Encoding: quoted-printable\n"
	"Content-Type: text/plain; charset=us-ascii\n\n"
	"=41=42=43=44=45=46=47=48=49=4A=4B=4C=4D=4E=4F=50=51=52=53=54=55=56"
	"=57=58=59=5A=41\n",
	"QP LONG QPRATIO", false},
    {"text",
	"body SHORT eval:check_body_length('16')\n"
	"body SHORTER eval:check_body_length('15')\n"
	"body BLANK eval:check_blank_line_ratio('40', '60', '1')\n"
	"body VERTICAL eval:tvd_vertical_words('50', '100')\n"
	"body UNICODE eval:check_abundant_unicode_ratio(0.02)\n",
	"Subject: x\n\na b c d e f\n\ng\n\n", "SHORT BLANK VERTICAL", false},
    {"capitals",
	"body CAPS eval:check_for_uppercase('75', '100')\n"
	"body SOME eval:check_for_uppercase('25', '50')\n",
	"Subject: x\n\n"
	"THIS IS TEXT IN CAPITALS THIS IS TEXT IN CAPITALS THIS IS TEXT IN\n"
	"CAPITALS THIS IS TEXT IN CAPITALS THIS IS TEXT IN CAPITALS THIS IS\n"
	"TEXT IN CAPITALS THIS IS TEXT IN CAPITALS THIS IS TEXT IN CAPITALS\n"
	"THIS IS TEXT IN CAPITALS THIS IS TEXT IN CAPITALS\n",
	"CAPS", false},
    {"html",
	TLD "body HTML eval:html_test('html')\n"
	    "body EMBED eval:html_test('embeds')\n"
	    "body LEN eval:html_range('length', '0', '1024')\n"
	    "body SHORT eval:html_eval('length', '< 20')\n"
	    "body TAG eval:html_tag_exists('center')\n"
	    "body BALANCE eval:html_tag_balance('center', '!= 0')\n"
	    "body IMAGE eval:html_image_only('0', '400')\n"
	    "body TITLE eval:html_text_match('title', '^Sp.cial$')\n"
	    "body ANCHOR eval:html_text_match('anchor', '<img>')\n"
	    "body COMMENT eval:html_text_match('comment', '(?i)SECRET')\n"
	    "body SUBJECT eval:html_title_subject_ratio('2')\n"
	    "body HTTPS eval:check_https_http_mismatch('1', '10')\n"
	    "body IP eval:check_https_ip_mismatch()\n"
	    "body FRAME eval:check_iframe_src()\n",
	"Content-Type: text/html\nSubject: a\n\n"
	"<html><title>Special</title><!-- secret --><body><center>\n"
	"<a href=\"http://www.evil.example/\">https://bank.com/x</a>\n"
	"<a href=\"http://192.0.2.1/\">https://bank.com/</a>\n"
	"<a href=\"http://b.example/\"><img src=\"x.gif\"></a>\n"
	"<iframe src=\"http://c.example/\"></iframe></body></html>\n",
	"HTML LEN TAG BALANCE IMAGE TITLE ANCHOR COMMENT SUBJECT HTTPS IP "
	"FRAME",
	false},
    {"alternatives",
	"body DIFF eval:multipart_alternative_difference('99', '100')\n"
	"body HALF eval:multipart_alternative_difference('40', '60')\n"
	"body COUNT eval:multipart_alternative_difference_count('3', '1')\n",
	"Content-Type: multipart/alternative; boundary=b\n\n"
	"--b\nContent-Type: text/plain\n\none two three four five six seven\n"
	"--b\nContent-Type: text/html\n\n<p>one other</p>\n--b--\n",
	"HALF COUNT", false},
    {"shares",
	"body STOCK eval:check_stock_info('3')\n"
	"body MORE eval:check_stock_info('4')\n",
	"Subject: x\n\nCompany Name: Foo\nS t o c k: FOO\nTarget Price: 7\n"
	"Nothing here\nFoo: bar\nCurrent Price: 1\nSymbol: FOO\n",
	"STOCK MORE", false},
    {"charsets",
	"ok_locales en\n"
	"header HEADERS eval:check_for_faraway_charset_in_headers()\n"
	"body BODY eval:check_for_faraway_charset()\n"
	"body META eval:html_charset_faraway()\n",
	"Subject: =?koi8-r?q?x?=\nContent-Type: text/plain; charset=koi8-r\n\n"
	"abc\n",
	"HEADERS", false},
    {"bounces",
	"welcomelist_bounce_relays *.us.example\n"
	"header HAVE eval:have_any_bounce_relays()\n"
	"header OURS eval:check_welcomelist_bounce_relays()\n",
	"Content-Type: text/plain\n\n"
	"> Received: from x by out.us.example with SMTP\n",
	"HAVE OURS", false},
};

/* What reads most of a mail. */
static const char eval_rules_all[] =
    TLD "freemail_domains free.example\n"
	"header A eval:check_freemail_replyto('reply')\n"
	"header B eval:check_freemail_body()\n"
	"body C eval:check_for_mime('mime_qp_count')\n"
	"body D eval:check_https_http_mismatch('1', '10')\n"
	"body E eval:check_stock_info('2')\n"
	"body F eval:check_for_uppercase('25', '50')\n"
	"body G eval:check_blank_line_ratio('80', '90', '4')\n"
	"body H eval:html_range('length', '0', '1024')\n"
	"header I eval:check_welcomelist_bounce_relays()\n"
	"header J eval:check_for_forged_yahoo_received_headers()\n"
	"body K eval:check_for_http_redirector()\n"
	"welcomelist_bounce_relays *.us.example\n";

#endif
