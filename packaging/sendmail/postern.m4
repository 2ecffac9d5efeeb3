divert(-1)dnl
dnl Postern as a milter of Sendmail.  Copy to /usr/share/sendmail/cf/feature/
dnl and say in sendmail.mc, before any milter that signs, one of
dnl
dnl     FEATURE(`postern')
dnl     FEATURE(`postern', `local:/run/postern/milter.sock')
dnl     FEATURE(`postern', `inet:8897@127.0.0.1', `pass')
dnl
dnl First argument: the socket, as milter "main" { } of postern.conf has it.
dnl Second: what happens while Postern is not there: T clients come later (the
dnl default), R mail is refused, pass it is taken unjudged.
dnl
dnl SPDX-License-Identifier: BSD-2-Clause
divert(0)dnl
VERSIONID(`postern.m4')dnl
define(`_POSTERN_SOCKET_', ifelse(len(X`'_ARG_), `1', `inet:8897@127.0.0.1', _ARG_))dnl
define(`_POSTERN_FLAG_', ifelse(len(X`'_ARG2_), `1', `T', _ARG2_))dnl
ifelse(_POSTERN_FLAG_, `pass',
`INPUT_MAIL_FILTER(`postern', `S='_POSTERN_SOCKET_`, T=C:30s;S:10s;R:30s;E:5m')',
`INPUT_MAIL_FILTER(`postern', `S='_POSTERN_SOCKET_`, F='_POSTERN_FLAG_`, T=C:30s;S:10s;R:30s;E:5m')')dnl
divert(-1)
