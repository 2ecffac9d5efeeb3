# Two lists, so that syntax of the envelope and of the content stay apart.
noinst_LIBRARIES += lib/libmail.a
lib_libmail_a_SOURCES = $(MAIL_ENVELOPE_SOURCES) $(MAIL_CONTENT_SOURCES)
MAIL_ENVELOPE_SOURCES = lib/mail/command.c lib/mail/path.c lib/mail/reply.c \
	lib/mail/dotline.c lib/mail/authres.c lib/mail/mailbox.c \
	lib/mail/lexeme.c lib/mail/linefix.c lib/mail/lexeme.h lib/mail/finding.c \
	lib/mail/verdict.c
MAIL_CONTENT_SOURCES = lib/mail/message.c lib/mail/header.c \
	lib/mail/charset.c lib/mail/charset_iconv.c \
	lib/mail/charset_iconv.h lib/mail/mime.c lib/mail/mime_decode.c \
	lib/mail/mime_param.c lib/mail/mime_param.h \
	lib/mail/html.c lib/mail/html_color.c lib/mail/html_color.h \
	lib/mail/html_entity.c lib/mail/html_entity.h \
	lib/mail/html_links.c lib/mail/html_links.h \
	lib/mail/html_prepare.c lib/mail/html_prepare.h \
	lib/mail/html_style.c lib/mail/html_style.h \
	lib/mail/html_tag.c lib/mail/html_tag.h \
	lib/mail/html_token.c lib/mail/html_token.h \
	lib/mail/html_writer.c lib/mail/html_writer.h lib/mail/uri.c
