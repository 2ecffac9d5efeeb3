/*
 * relay_cases: Received fields as servers write them, and what they tell.
 *
 * " +nordns": the server looked for a reverse name and found none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_RELAY_CASES_H
#define POSTERN_RELAY_CASES_H

static const struct relay_case {
	const char *line;
	const char *want;
} relay_cases[] = {
    {"from mx.a.example (mx.a.example [192.0.2.1]) by "
     "in.b.example (Postfix) with ESMTP id 4XyzAB1 for "
     "<u@b.example>; Tue, 3 Mar 2026 10:00:00 +0000 (UTC)",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id=4XyzAB1 auth= "
	"msa=0 ]"},
    {"from helo.example (unknown [192.0.2.2]) by in.b.example "
     "(Postfix) with SMTP id 4XyzAB2; Tue, 3 Mar 2026 10:00:00 "
     "+0000",
	"[ ip=192.0.2.2 rdns= helo=helo.example by=in.b.example "
	"ident= envfrom= intl=0 id=4XyzAB2 auth= msa=0 ] +nordns"},
    {"from mx.a.example (mx.a.example [192.0.2.1]) (using "
     "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 "
     "bits)) (No client certificate requested) by in.b.example "
     "(Postfix) with ESMTPS id 4XyzAB3; Tue, 3 Mar 2026 "
     "10:00:00 +0000 (UTC)",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id=4XyzAB3 auth= "
	"msa=0 ]"},
    {"from [10.0.0.5] (host5.dsl.example [198.51.100.5]) "
     "(Authenticated sender: bob) by out.b.example (Postfix) "
     "with ESMTPSA id 4XyzAB4; Tue, 3 Mar 2026 10:00:00 +0000 "
     "(UTC)",
	"[ ip=198.51.100.5 rdns=host5.dsl.example helo=!10.0.0.5! "
	"by=out.b.example ident= envfrom= intl=0 id=4XyzAB4 "
	"auth=ESMTPSA msa=0 ]"},
    {"from laptop (host5.dsl.example [198.51.100.5]) "
     "(Authenticated sender: bob) by out.b.example (Postfix) "
     "with ESMTP id 4XyzAB5; Tue, 3 Mar 2026 10:00:00 +0000 "
     "(UTC)",
	"[ ip=198.51.100.5 rdns=host5.dsl.example helo=laptop "
	"by=out.b.example ident= envfrom= intl=0 id=4XyzAB5 "
	"auth=Postfix msa=0 ]"},
    {"from v6.a.example (v6.a.example [IPv6:2001:db8::25]) by "
     "in.b.example (Postfix) with ESMTP id 4XyzAB6; Tue, 3 Mar "
     "2026 10:00:00 +0000 (UTC)",
	"[ ip=2001:db8::25 rdns=v6.a.example helo=v6.a.example "
	"by=in.b.example ident= envfrom= intl=0 id=4XyzAB6 auth= "
	"msa=0 ]"},
    {"from mx.a.example (mx.a.example [192.0.2.1] (may be "
     "forged)) by in.b.example (8.17.1/8.17.1) with ESMTP id "
     "623A0001 for <u@b.example>; Tue, 3 Mar 2026 10:00:00 GMT",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id=623A0001 auth= "
	"msa=0 ]"},
    {"from mx.a.example (IDENT:root@mx.a.example [192.0.2.1]) "
     "by in.b.example (8.11.6/8.11.6) with SMTP id h381Vvf for "
     "<u@b.example>; Tue, 8 Apr 2003 02:31:57 +0100",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident=root envfrom= intl=0 id=h381Vvf "
	"auth= msa=0 ]"},
    {"from mx.a.example (root@mx.a.example [192.0.2.1]) by "
     "in.b.example (8.11.6/8.11.6) with SMTP id h381Vvf; Tue, 8 "
     "Apr 2003 02:31:57 +0100",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident=root envfrom= intl=0 id=h381Vvf "
	"auth= msa=0 ]"},
    {"from mx.a.example ([192.0.2.1]) by in.b.example "
     "(8.17.1/8.17.1) with ESMTP id 623A0002; Tue, 3 Mar 2026 "
     "10:00:00 GMT",
	"[ ip=192.0.2.1 rdns= helo=mx.a.example by=in.b.example "
	"ident= envfrom= intl=0 id=623A0002 auth= msa=0 ] +nordns"},
    {"from roissy (p573.dialin.example [198.51.100.61]) "
     "(authenticated bits=0) by mail.b.example (8.12.6/8.12.6) "
     "with ESMTP id g9MFWcvb068860 for <u@b.example>; Tue, 22 "
     "Oct 2002 16:32:39 +0100 (IST)",
	"[ ip=198.51.100.61 rdns=p573.dialin.example helo=roissy "
	"by=mail.b.example ident= envfrom= intl=0 "
	"id=g9MFWcvb068860 auth=Sendmail msa=0 ]"},
    {"from mx.a.example ([192.0.2.1]) by in.b.example with "
     "esmtp (Exim 4.96) id 1qAbCd-0001Xy-01 for u@b.example; "
     "Tue, 03 Mar 2026 10:00:00 +0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 "
	"id=1qAbCd-0001Xy-01 auth= msa=0 ]"},
    {"from mx.a.example ([192.0.2.1] helo=helo.a.example) by "
     "in.b.example with esmtps (TLS1.3) tls "
     "TLS_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from "
     "<s@a.example>) id 1qAbCd-0001Xy-02 for u@b.example; Tue, "
     "03 Mar 2026 10:00:00 +0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=helo.a.example "
	"by=in.b.example ident= envfrom=s@a.example intl=0 "
	"id=1qAbCd-0001Xy-02 auth= msa=0 ]"},
    {"from [192.0.2.3] (helo=helo.a.example ident=joe) by "
     "in.b.example with smtp (Exim 4.96) (envelope-from "
     "<s@a.example>) id 1qAbCd-0001Xy-03; Tue, 03 Mar 2026 "
     "10:00:00 +0000",
	"[ ip=192.0.2.3 rdns= helo=helo.a.example by=in.b.example "
	"ident=joe envfrom=s@a.example intl=0 id=1qAbCd-0001Xy-03 "
	"auth= msa=0 ]"},
    {"from mx.a.example ([192.0.2.1]:52313) by in.b.example "
     "with esmtps (Exim 4.96) id 1qAbCd-0001Xy-04; Tue, 03 Mar "
     "2026 10:00:00 +0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 "
	"id=1qAbCd-0001Xy-04 auth= msa=0 ]"},
    {"from mx.a.example [192.0.2.1] by in.b.example with esmtp "
     "(Exim 3.35 #1 (Debian)) id 18SWRe-0006X6-00; Sun, 29 Dec "
     "2002 18:57:06 +1300",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 "
	"id=18SWRe-0006X6-00 auth= msa=0 ]"},
    {"from www-data by web.b.example with local (Exim 4.96) "
     "(envelope-from <www@b.example>) id 1qAbCd-0001Xy-05; Tue, "
     "03 Mar 2026 10:00:00 +0000",
	"ignored"},
    {"from www-data by web.b.example (Exim 4.50) with local for "
     "<u@b.example> id 1GFbZc; Tue, 22 Aug 2006 21:06:04 +0200",
	"ignored"},
    {"from mail-lf1-f48.google.com (mail-lf1-f48.google.com. "
     "[192.0.2.48]) by mx.google.com with ESMTPS id a1b2 for "
     "<u@b.example> (version=TLS1_3 "
     "cipher=TLS_AES_256_GCM_SHA384 bits=256/256); Tue, 03 Mar "
     "2026 02:00:00 -0800 (PST)",
	"[ ip=192.0.2.48 rdns=mail-lf1-f48.google.com "
	"helo=mail-lf1-f48.google.com by=mx.google.com ident= "
	"envfrom= intl=0 id=a1b2 auth= msa=0 ]"},
    {"from [192.168.1.4] (host.dsl.example. [198.51.100.7]) by "
     "smtp.gmail.com with ESMTPSA id "
     "q4-20020a05xx.2026.03.03.02.00.00 (version=TLS1_3 "
     "cipher=TLS_AES_128_GCM_SHA256 bits=128/128); Tue, 03 Mar "
     "2026 02:00:00 -0800 (PST)",
	"[ ip=198.51.100.7 rdns=host.dsl.example "
	"helo=!192.168.1.4! by=smtp.gmail.com ident= envfrom= "
	"intl=0 id=q4-20020a05xx.2026.03.03.02.00.00 auth=ESMTPSA "
	"msa=0 ]"},
    {"by 2002:a05:6512:3b8c:b0:5a1 with SMTP id g12csp1; Tue, 3 "
     "Mar 2026 02:00:00 -0800 (PST)",
	"ignored"},
    {"from AM0PR01.eurprd01.prod.exchange.example "
     "(2603:10a6:208::12) by "
     "AM9PR01.eurprd01.prod.exchange.example "
     "(2603:10a6:20b::14) with Microsoft SMTP Server "
     "(version=TLS1_2, "
     "cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id "
     "15.20.9000.15; Tue, 3 Mar 2026 10:00:00 +0000",
	"[ ip=2603:10a6:208::12 "
	"rdns=AM0PR01.eurprd01.prod.exchange.example "
	"helo=AM0PR01.eurprd01.prod.exchange.example "
	"by=AM9PR01.eurprd01.prod.exchange.example ident= envfrom= "
	"intl=0 id=15.20.9000.15 auth= msa=0 ]"},
    {"from AM5PR04.eurprd04.prod.exchange.example "
     "([fe80::19bd:c588:dd17:5226]) by "
     "AM5PR04.eurprd04.prod.exchange.example "
     "([fe80::19bd:c588:dd17:5226%6]) with mapi id "
     "15.20.1943.023; Wed, 5 Jun 2019 10:17:08 +0000",
	"[ ip=fe80::19bd:c588:dd17:5226 rdns= "
	"helo=AM5PR04.eurprd04.prod.exchange.example "
	"by=AM5PR04.eurprd04.prod.exchange.example ident= envfrom= "
	"intl=0 id= auth= msa=0 ]"},
    {"from EX02.b.example (10.45.252.152) by EX02.b.example "
     "(10.45.252.152) with Microsoft SMTP Server 15.1.1261.35; "
     "Mon, 29 Oct 2018 11:17:19 +0100",
	"[ ip=10.45.252.152 rdns= helo=EX02.b.example "
	"by=EX02.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from inet.a.example ([192.0.2.9]) by imc.b.example with "
     "Microsoft SMTPSVC(6.0.3790.4675); Thu, 6 Mar 2003 "
     "12:02:35 -0800",
	"[ ip=192.0.2.9 rdns= helo=inet.a.example by=imc.b.example "
	"ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from tthompson ([198.51.100.9] unverified) by "
     "mail.b.example with Microsoft SMTPSVC(5.0.2195.5329); "
     "Tue, 11 Mar 2003 13:23:01 +0000",
	"[ ip=198.51.100.9 rdns= helo=tthompson by=mail.b.example "
	"ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from mail pickup service by mail1.b.example with "
     "Microsoft SMTPSVC; Thu, 13 Feb 2003 19:05:39 -0500",
	"ignored"},
    {"from mx.a.example (192.0.2.1 [192.0.2.1]) by in.b.example "
     "with SMTP (Microsoft Exchange Internet Mail Service "
     "Version 5.5.2653.13) id G69TW478; Thu, 13 Mar 2003 "
     "14:01:10 -0500",
	"[ ip=192.0.2.1 rdns=192.0.2.1 helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id=G69TW478 auth= "
	"msa=0 ]"},
    {"from unknown (HELO helo.a.example) (192.0.2.1) by "
     "in.b.example with SMTP; 1 Nov 2003 07:05:19 -0000",
	"[ ip=192.0.2.1 rdns= helo=helo.a.example by=in.b.example "
	"ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from mx.a.example (HELO helo.a.example) (joe@192.0.2.1) "
     "by in.b.example with SMTP; 14 Nov 2003 08:05:50 -0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=helo.a.example "
	"by=in.b.example ident=joe envfrom= intl=0 id= auth= msa=0 "
	"]"},
    {"from mx.a.example (192.0.2.1) by in.b.example with SMTP; "
     "5 Nov 2003 23:18:42 -0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from mx.a.example (joe@192.0.2.1) by in.b.example with "
     "SMTP; 5 Nov 2003 23:18:42 -0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident=joe envfrom= intl=0 id= auth= msa=0 "
	"]"},
    {"from unknown (HELO helo.a.example) (joe@[192.0.2.1]) "
     "(envelope-sender <s@a.example>) by in.b.example "
     "(qmail-ldap-1.03) with SMTP for <u@b.example>; 12 Feb "
     "2003 18:23:19 -0000",
	"[ ip=192.0.2.1 rdns= helo=helo.a.example by=in.b.example "
	"ident=joe envfrom=s@a.example intl=0 id= auth= msa=0 ]"},
    {"(qmail 27981 invoked from network); 14 Mar 2003 07:24:34 "
     "-0000",
	"ignored"},
    {"(qmail 27981 invoked by uid 225); 14 Mar 2003 07:24:34 "
     "-0000",
	"ignored"},
    {"from mx.a.example (HELO helo.a.example) (192.0.2.1) by "
     "in.b.example (qpsmtpd/0.84) with ESMTP; Fri, 02 Jan 2004 "
     "14:44:41 -0800",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=helo.a.example "
	"by=in.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from dsl.example (EHLO homepc) [198.51.100.12] by "
     "mail.gmx.net (mp010) with SMTP; 03 Feb 2007 13:13:47 +0100",
	"[ ip=198.51.100.12 rdns=dsl.example helo=homepc "
	"by=mail.gmx.net ident= envfrom= intl=0 id= auth=GMX (SMTP "
	"/ mail.gmx.net) msa=0 ]"},
    {"from mx.a.example (LHLO mx.a.example) (10.2.2.20) by "
     "mx.a.example with LMTP; Thu, 18 Jun 2015 16:50:56 -0700 "
     "(PDT)",
	"[ ip=10.2.2.20 rdns=mx.a.example helo=mx.a.example "
	"by=mx.a.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from Agni (localhost [::ffff:127.0.0.1]) (TLS: "
     "TLSv1/SSLv3, 168bits,DES-CBC3-SHA) by agni.b.example with "
     "esmtp; Mon, 28 Oct 2002 14:48:52 -0800",
	"[ ip=127.0.0.1 rdns=localhost helo=Agni by=agni.b.example "
	"ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from pc.b.example (softdnserr [::ffff:198.51.100.67]) by "
     "mail.b.example with esmtp; Fri, 22 Aug 2003 12:25:41 +0300",
	"[ ip=198.51.100.67 rdns= helo=pc.b.example "
	"by=mail.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from pc.b.example (pc.b.example [198.51.100.67]) (AUTH: "
     "LOGIN bob) by mail.b.example with esmtp; Fri, 22 Aug 2003 "
     "12:25:41 +0300",
	"[ ip=198.51.100.67 rdns=pc.b.example helo=pc.b.example "
	"by=mail.b.example ident= envfrom= intl=0 id= auth=LOGIN "
	"msa=0 ]"},
    {"from [192.168.1.104] (account bob HELO [192.168.1.104]) "
     "by b.example (CommuniGate Pro SMTP 3.5.7) with ESMTP-TLS "
     "id 2088434; Fri, 07 Mar 2003 13:05:06 -0500",
	"[ ip=192.168.1.104 rdns= helo=!192.168.1.104! "
	"by=b.example ident= envfrom= intl=0 id=2088434 "
	"auth=Communigate msa=0 ]"},
    {"from mx.a.example ([192.0.2.1] verified) by "
     "mail.b.example (CommuniGate Pro SMTP 5.1.13) with ESMTP "
     "id 9786656 for u@b.example; Thu, 27 Mar 2008 15:08:17 "
     "+0600",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=mail.b.example ident= envfrom= intl=0 id=9786656 auth= "
	"msa=0 ]"},
    {"from acecomms [198.51.100.95] by mailscan.b.example "
     "[192.0.2.27] with SMTP (MDaemon.PRO.v5.0.6.R) for "
     "<u@b.example>; Fri, 21 Feb 2003 09:32:27 +1000",
	"[ ip=198.51.100.95 rdns= helo=acecomms "
	"by=mailscan.b.example ident= envfrom= intl=0 id= auth= "
	"msa=0 ] +nordns"},
    {"from ([10.225.209.19:33672]) by va-1 (ecelerity HEAD) "
     "with SMTP id EE/20-30863-33CE1054; Fri, 08 Sep 2006 "
     "18:18:27 -0400",
	"ignored"},
    {"from ([192.168.1.151:49601] helo=dev1.a.example) by "
     "m12.a.example (ecelerity 2.1.1.3 r(11743)) with ESMTP id "
     "52/92-02454 for <u@b.example>; Fri, 15 Sep 2006 10:58:32 "
     "-0400",
	"[ ip=192.168.1.151 rdns= helo=dev1.a.example "
	"by=m12.a.example ident= envfrom= intl=0 id=52/92-02454 "
	"auth= msa=0 ]"},
    {"from list.a.example (192.0.2.86:23198) by mx1.b.example "
     "(192.0.2.147:25) with [XMail 1.20 ESMTP Server] id <S72E> "
     "for <u@b.example> from <bounce@a.example>; Sat, 18 Sep "
     "2004 23:17:54 -0500",
	"[ ip=192.0.2.86 rdns= helo=list.a.example "
	"by=mx1.b.example ident= envfrom=bounce@a.example intl=0 "
	"id=S72E auth= msa=0 ]"},
    {"from DPLAPTOP ( 198.51.100.162) by mail.b.example (Scalix "
     "SMTP Relay 10.0.1.3) via ESMTP; Fri, 23 Jun 2006 16:39:47 "
     "-0500 (CDT)",
	"[ ip=198.51.100.162 rdns= helo=DPLAPTOP by=mail.b.example "
	"ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from mx.a.example ([192.0.2.1]) by notes.b.example (Lotus "
     "Domino Release 8.5.3) with ESMTP id 2026030310000001-1; "
     "Tue, 3 Mar 2026 10:00:00 +0100",
	"[ ip=192.0.2.1 rdns= helo=mx.a.example by=notes.b.example "
	"ident= envfrom= intl=0 id=2026030310000001-1 auth= msa=0 ]"},
    {"FROM [192.168.1.24] (s233.dsl.example [198.51.100.216]) "
     "BY hackers.b.example ID 434B5051.8CDE5.15436 ; 11 Oct "
     "2005 01:40:33 -0400",
	"[ ip=198.51.100.216 rdns=s233.dsl.example "
	"helo=!192.168.1.24! by=hackers.b.example ident= envfrom= "
	"intl=0 id=434B5051.8CDE5.15436 auth= msa=0 ]"},
    {"(from bob@localhost) by home.b.example "
     "(8.12.11/8.12.11/Submit) id iBADHRP6011034; Fri, 10 Dec "
     "2004 13:17:27 GMT",
	"ignored"},
    {"(from localhost [198.51.100.240]) by host.b.example "
     "(NAVGW 2.5.2.12) with SMTP id M2006060503484615455 for "
     "<u@b.example>; Mon, 05 Jun 2006 03:48:47 +0100",
	"[ ip=198.51.100.240 rdns= helo=localhost "
	"by=host.b.example ident= envfrom= intl=0 "
	"id=M2006060503484615455 auth= msa=0 ]"},
    {"from 198.51.100.122 (SquirrelMail authenticated user bob) "
     "by mail.b.example with HTTP; Sat, 3 Apr 2004 10:33:43 "
     "-0500 (EST)",
	"[ ip=198.51.100.122 rdns= helo= by=mail.b.example ident= "
	"envfrom= intl=0 id= auth=HTTP msa=0 ]"},
    {"from [198.51.100.134] by web40310.mail.b.example via "
     "HTTP; Wed, 12 Feb 2003 14:22:21 PST",
	"[ ip=198.51.100.134 rdns= helo= "
	"by=web40310.mail.b.example ident= envfrom= intl=0 id= "
	"auth= msa=0 ]"},
    {"from 198.51.100.28 ([198.51.100.28]) by webmail.b.example "
     "(IMP) with HTTP for <u@b.example>; Sun, 11 Apr 2004 "
     "00:31:07 +0100",
	"[ ip=198.51.100.28 rdns= helo= by=webmail.b.example "
	"ident= envfrom= intl=0 id= auth=HTTP msa=0 ]"},
    {"from cabbage.b.example [127.0.0.1] by localhost with IMAP "
     "(fetchmail-5.9.0) for u@localhost (single-drop); Thu, 13 "
     "Mar 2003 20:39:56 -0800 (PST)",
	"ignored"},
    {"from dsl-a.example(198.51.100.54) via SMTP by "
     "st.b.example, id smtpdEDUB8h; Sun Nov 13 14:50:12 2005",
	"[ ip=198.51.100.54 rdns=dsl-a.example helo= "
	"by=st.b.example ident= envfrom= intl=0 id=smtpdEDUB8h "
	"auth= msa=0 ]"},
    {"from dsl-a.example(198.51.100.27), claiming to be "
     "\"foo.a.example\" via SMTP by st.b.example, id "
     "smtpd1PBsZT; Sun Nov 13 15:38:52 2005",
	"[ ip=198.51.100.27 rdns=dsl-a.example helo=foo.a.example "
	"by=st.b.example ident= envfrom= intl=0 id=smtpd1PBsZT "
	"auth= msa=0 ]"},
    {"from snake.a.example(192.0.2.229) by x.b.example via smap "
     "(V1.3) id xma093673; Wed, 26 Mar 03 20:43:24 -0600",
	"[ ip=192.0.2.229 rdns=snake.a.example helo= "
	"by=x.b.example ident= envfrom= intl=0 id=xma093673 auth= "
	"msa=0 ]"},
    {"from h000502.client2.example "
     "(h000502.client2.example[198.51.100.103]) by "
     "rwcrmhc53.b.example (rwcrmhc53) with SMTP id "
     "<20030222193438053008f7tee>; Sat, 22 Feb 2003 19:34:39 "
     "+0000",
	"[ ip=198.51.100.103 rdns=h000502.client2.example "
	"helo=h000502.client2.example by=rwcrmhc53.b.example "
	"ident= envfrom= intl=0 id=20030222193438053008f7tee auth= "
	"msa=0 ]"},
    {"from 12-211-5-69.client.example "
     "(<unknown.domain>[198.51.100.69]) by rwcrmhc53.b.example "
     "(rwcrmhc53) with SMTP id <2002112823351305300akl1ue>; "
     "Thu, 28 Nov 2002 23:35:13 +0000",
	"[ ip=198.51.100.69 rdns= helo=12-211-5-69.client.example "
	"by=rwcrmhc53.b.example ident= envfrom= intl=0 "
	"id=2002112823351305300akl1ue auth= msa=0 ]"},
    {"from 4wtgRl (kgbxn@[198.51.100.115]) by dogma.b.example "
     "(8.11.6/8.11.6) with SMTP id h8BBsUJ18848; Thu, 11 Sep "
     "2003 12:54:31 +0100",
	"[ ip=198.51.100.115 rdns= helo=4wtgRl by=dogma.b.example "
	"ident=kgbxn envfrom= intl=0 id=h8BBsUJ18848 auth= msa=0 ] "
	"+nordns"},
    {"from bob@a.example by imo-m09.mx.b.example "
     "(mail_out_v34.13.) id 7.53.208064a0 (4394); Sat, 11 Jan "
     "2003 23:24:31 -0500 (EST)",
	"ignored"},
    {"from localhost (localhost [127.0.0.1]) by "
     "filter.b.example (Postfix) with ESMTP id 846CF2117; Mon, "
     "7 Aug 2006 17:48:07 +0200 (MEST)",
	"[ ip=127.0.0.1 rdns=localhost helo=localhost "
	"by=filter.b.example ident= envfrom= intl=0 id=846CF2117 "
	"auth= msa=0 ]"},
    {"from av0001.b.example (localhost [127.0.0.1])by "
     "localhost.b.example (Postfix) with ESMTP id 846CF2117for "
     "<u@b.example>; Mon, 7 Aug 2006 17:48:07 +0200 (MEST)",
	"[ ip=127.0.0.1 rdns=localhost helo=av0001.b.example "
	"by=localhost.b.example ident= envfrom= intl=0 "
	"id=846CF2117for auth= msa=0 ]"},
    {"from a.example by b.example ; Thu, 20 Feb 2003 23:32:58 "
     "+0100",
	"ignored"},
    {"from a.example (unknown) by ismtpd0001p1lon1.b.example "
     "(SG) with HTTP id aqHKNX2kSp for <u@b.example>; Thu, 02 "
     "Apr 2020 07:53:55.516 +0000 (UTC)",
	"ignored"},
    {"from localhost (b.example [local]) by b.example "
     "(OpenSMTPD) with ESMTPA id 5db34e0d for <u@b.example>; "
     "Tue, 7 Apr 2020 01:38:29 -0600 (MDT)",
	"ignored"},
    {"from mx.a.example (mx.a.example [192.0.2.1]) by b.example "
     "(OpenSMTPD) with ESMTPS id 5db34e0d "
     "(TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) for "
     "<u@b.example>; Tue, 3 Mar 2026 10:00:00 +0100 (CET)",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=b.example ident= envfrom= intl=0 id=5db34e0d auth= "
	"msa=0 ]"},
    {"from mx.a.example (mx.a.example [192.0.2.1]) by "
     "in.b.example (Haraka/3.0.3) with ESMTPS id 0A1B2C3D.1 "
     "envelope-from <s@a.example>; Tue, 03 Mar 2026 10:00:00 "
     "+0000",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom=s@a.example intl=0 "
	"id=0A1B2C3D.1 auth= msa=0 ]"},
    {"from mx.a.example ([192.0.2.1]) by in.b.example with LMTP "
     "id ABC (envelope-from <s@a.example>) for <u@b.example>; "
     "Tue, 03 Mar 2026 10:00:00 +0000",
	"[ ip=192.0.2.1 rdns= helo=mx.a.example by=in.b.example "
	"ident= envfrom=s@a.example intl=0 id=ABC auth= msa=0 ] "
	"+nordns"},
    {"from in.b.example by imap.b.example with LMTP id aBcD for "
     "<u@b.example>; Tue, 03 Mar 2026 10:00:00 +0000",
	"ignored"},
    {"from mx.a.example (HELO mx.a.example) ([192.0.2.1]) by "
     "esa.b.example with ESMTP/TLS/ECDHE-RSA-AES256-GCM-SHA384; "
     "03 Mar 2026 02:00:00 -0800",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=esa.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"from nowhere", "unreadable"},
    {"from a b c d e", "unreadable"},
    {"from mx.a.example (mx.a.example[192.0.2.1]) by "
     "in.b.example with SMTP",
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
	"by=in.b.example ident= envfrom= intl=0 id= auth= msa=0 ]"},
    {"From mx.a.example (mx.a.example [192.0.2.1]) by "
     "in.b.example; Tue, 3 Mar 2026 10:00:00 +0000",
	"[ ip=192.0.2.1 rdns= helo= by=in.b.example ident= "
	"envfrom= intl=0 id= auth= msa=0 ]"},
    {"from x (y [300.1.1.1]) by b.example (Postfix) with SMTP "
     "id 1; Tue, 3 Mar 2026 10:00:00 +0000",
	"unreadable"},
    {"from <b#d|[x]> (r(d)ns [192.0.2.1]) by b.example "
     "(Postfix) with SMTP id 123456; Tue, 3 Mar 2026 10:00:00 "
     "+0000",
	"[ ip=192.0.2.1 rdns=r!d!ns helo=!b!d!!x!! by=b.example "
	"ident= envfrom= intl=0 id=123456 auth= msa=0 ]"},
};

#endif
