# Two lists, so that syntax of the envelope and of the content stay apart.
noinst_LIBRARIES += lib/libmail.a
lib_libmail_a_SOURCES = $(MAIL_ENVELOPE_SOURCES) $(MAIL_CONTENT_SOURCES)
MAIL_ENVELOPE_SOURCES =
MAIL_CONTENT_SOURCES = lib/mail/message.c lib/mail/header.c \
	lib/mail/charset.c lib/mail/charset_iconv.c \
	lib/mail/charset_iconv.h lib/mail/mime_decode.c
