/*
 * check_tls_ticket: the keys of session tickets over time, with OpenSSL on
 * both ends.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <unistd.h>

#include <openssl/ssl.h>

#include "check_run.h"
#include "lib/run/tls_private.h"

/* Longer than any machine is up: time stands still unless a test moves it. */
static const int64_t NEVER = (int64_t)1 << 50;

/* One context with these keys; whoever made it frees it. */
static SSL_CTX *
server(struct tls_tickets *tickets)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	struct tls tls = {.at = &ctx, .count = 1};

	SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	ck_assert_int_eq(SSL_CTX_set_cipher_list(ctx, "aNULL:@SECLEVEL=0"), 1);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	tls_share_tickets(&tls, tickets);
	return ctx;
}

static void
shake_hands(SSL *client, SSL *peer)
{
	int turn;

	for (turn = 0; turn < 10; turn++) {
		SSL_do_handshake(client);
		SSL_do_handshake(peer);
	}
	ck_assert(SSL_is_init_finished(client));
	ck_assert(SSL_is_init_finished(peer));
}

/*
 * A client at a server with these keys, with the session that *session is or
 * with none; *session becomes the one it has then.  True when it resumed.
 */
static bool
resumes(struct tls_tickets *tickets, SSL_SESSION **session)
{
	SSL_CTX *ours = server(tickets);
	SSL_CTX *theirs = SSL_CTX_new(TLS_client_method());
	SSL *client, *peer = SSL_new(ours);
	BIO *one, *other;
	bool again;

	SSL_CTX_set_max_proto_version(theirs, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(theirs, "aNULL:@SECLEVEL=0");
	client = SSL_new(theirs);
	ck_assert_int_eq(BIO_new_bio_pair(&one, 0, &other, 0), 1);
	SSL_set_bio(client, one, one);
	SSL_set_bio(peer, other, other);
	SSL_set_connect_state(client);
	SSL_set_accept_state(peer);
	if (*session)
		SSL_set_session(client, *session);
	shake_hands(client, peer);
	again = SSL_session_reused(client);
	SSL_SESSION_free(*session);
	*session = SSL_get1_session(client);
	SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(client);
	SSL_free(peer);
	SSL_CTX_free(ours);
	SSL_CTX_free(theirs);
	return again;
}

START_TEST(test_one_period)
{
	struct tls_tickets *tickets = tls_tickets_new(NEVER, 0);
	SSL_SESSION *session = NULL;

	ck_assert(!resumes(tickets, &session));
	ck_assert(resumes(tickets, &session));
	ck_assert(tls_tickets_advance(tickets, NEVER - 1));
	ck_assert(resumes(tickets, &session));
	SSL_SESSION_free(session);
	tls_tickets_free(tickets);
}
END_TEST

/* In the next period it resumes and gets a new ticket, which lasts on. */
START_TEST(test_next_period)
{
	struct tls_tickets *tickets = tls_tickets_new(NEVER, 0);
	SSL_SESSION *session = NULL, *old;

	resumes(tickets, &session);
	old = session;
	SSL_SESSION_up_ref(old);
	ck_assert(tls_tickets_advance(tickets, NEVER));
	ck_assert(resumes(tickets, &session));
	ck_assert(tls_tickets_advance(tickets, 2 * NEVER));
	ck_assert(resumes(tickets, &session));
	ck_assert(!resumes(tickets, &old));
	SSL_SESSION_free(session);
	SSL_SESSION_free(old);
	tls_tickets_free(tickets);
}
END_TEST

/* Another worker, which slept over two periods, has the same keys. */
START_TEST(test_workers)
{
	struct tls_tickets *tickets = tls_tickets_new(NEVER, 0);
	SSL_SESSION *session = NULL;
	unsigned char octets[4096], *at = octets;
	const unsigned char *from = octets;
	int ends[2];
	ssize_t len;

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		tls_tickets_advance(tickets, NEVER);
		tls_tickets_advance(tickets, 2 * NEVER);
		tls_tickets_advance(tickets, 3 * NEVER);
		resumes(tickets, &session);
		len = i2d_SSL_SESSION(session, &at);
		_exit(write(ends[1], octets, (size_t)len) != len);
	}
	len = read(ends[0], octets, sizeof(octets));
	ck_assert_int_gt(len, 0);
	session = d2i_SSL_SESSION(NULL, &from, len);
	ck_assert_ptr_nonnull(session);
	ck_assert(tls_tickets_advance(tickets, 3 * NEVER));
	ck_assert(resumes(tickets, &session));
	close(ends[0]);
	close(ends[1]);
	SSL_SESSION_free(session);
	tls_tickets_free(tickets);
}
END_TEST

START_TEST(test_strangers)
{
	struct tls_tickets *tickets = tls_tickets_new(NEVER, 0);
	struct tls_tickets *others = tls_tickets_new(NEVER, 0);
	SSL_SESSION *session = NULL;

	resumes(tickets, &session);
	ck_assert(!resumes(others, &session));
	SSL_SESSION_free(session);
	tls_tickets_free(tickets);
	tls_tickets_free(others);
}
END_TEST

TCase *
run_tls_ticket_case(void)
{
	TCase *tc = tcase_create("tls_ticket");

	tcase_add_test(tc, test_one_period);
	tcase_add_test(tc, test_next_period);
	tcase_add_test(tc, test_workers);
	tcase_add_test(tc, test_strangers);
	return tc;
}
