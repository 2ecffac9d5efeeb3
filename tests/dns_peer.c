/*
 * dns_peer: a real name server (NSD) on loopback for one test.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postern/log.h"

#include "dns_peer.h"

static const char soa[] = "$TTL 300\n"
			  "@ SOA ns root 1 3600 600 86400 60\n"
			  "@ NS ns\n"
			  "ns A 127.0.0.1\n";

static const char signed_records[] = "good A 198.51.100.1\n"
				     "good TXT \"v=spf1 -all\"\n"
				     "spoiled A 198.51.100.2\n";

/* Signs, then spoils what is signed. */
static const char sign_command[] =
    "cd '%s' && key=$(ldns-keygen -k -a ECDSAP256SHA256 signed.example) && "
    "cp $key.key anchor && ldns-signzone -f signed.out signed $key && "
    "sed 's/198\\.51\\.100\\.2/198.51.100.3/' signed.out > signed";

static bool
can_run(const char *program)
{
	char command[128];

	snprintf(command, sizeof(command),
	    "PATH=$PATH:/usr/sbin command -v %s >/dev/null", program);
	return system(command) == 0;
}

const char *
dns_peer_missing(void)
{
	return can_run("nsd") ? NULL : "no nsd here (Debian: nsd)";
}

const char *
dns_peer_unsigned(void)
{
	return can_run("ldns-signzone") && can_run("ldns-keygen") ?
	    NULL :
	    "no ldns-signzone here (Debian: ldnsutils)";
}

static FILE *
file_new(const struct dns_peer *peer, const char *name)
{
	char path[128];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", peer->folder, name);
	out = fopen(path, "we");
	if (!out)
		panic("cannot write %s", path);
	return out;
}

static void
zone_write(const struct dns_peer *peer, const char *name, const char *zone)
{
	FILE *out = file_new(peer, name);

	fprintf(out, "$ORIGIN %s.example.\n%s%s", name, soa, zone);
	fclose(out);
}

static void
sign(struct dns_peer *peer)
{
	char command[512];

	zone_write(peer, "signed", signed_records);
	if (dns_peer_unsigned())
		return;
	snprintf(command, sizeof(command), sign_command, peer->folder);
	if (system(command) != 0)
		panic("ldns cannot sign a zone");
	snprintf(peer->anchor, sizeof(peer->anchor), "%s/anchor", peer->folder);
	peer->is_signed = true;
}

static bool
is_free(int type, unsigned port)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	bool free;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	free = bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;
	close(fd);
	return free;
}

/* Below those that the kernel gives to outgoing connections. */
static unsigned
free_port(void)
{
	enum { FIRST = 12000, LAST = 31000, TRIES = 1000 };
	unsigned tries, port;

	for (tries = 0; tries < TRIES; tries++) {
		port = FIRST + arc4random_uniform(LAST - FIRST);
		if (is_free(SOCK_DGRAM, port) && is_free(SOCK_STREAM, port))
			return port;
	}
	panic("no free port on 127.0.0.1");
}

static void
conf_write(const struct dns_peer *peer)
{
	FILE *out = file_new(peer, "nsd.conf");

	fprintf(out,
	    "server:\n"
	    " ip-address: 127.0.0.1@%u\n"
	    " server-count: 1\n"
	    " username: \"\"\n"
	    " zonesdir: \"%s\"\n"
	    " pidfile: \"%s/pid\"\n"
	    " xfrdfile: \"%s/xfrd\"\n"
	    " zonelistfile: \"%s/list\"\n"
	    " logfile: \"%s/log\"\n"
	    "remote-control:\n control-enable: no\n"
	    "zone:\n name: peer.example\n zonefile: peer\n"
	    "zone:\n name: signed.example\n zonefile: signed\n",
	    peer->port, peer->folder, peer->folder, peer->folder, peer->folder,
	    peer->folder);
	fclose(out);
}

/* True when a question is answered, by anything. */
static bool
is_up(const struct dns_peer *peer)
{
	static const char question[] =
	    "\0\1\0\0\0\1\0\0\0\0\0\0\4peer\7example\0\0\6\0\1";
	struct timeval patience = {.tv_usec = 100000};
	struct sockaddr_in to = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char answer[512];
	ssize_t got;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)peer->port);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	sendto(fd, question, sizeof(question) - 1, 0, (struct sockaddr *)&to,
	    sizeof(to));
	got = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	return got > 0;
}

/* Waits until it answers; false when it ended, its port being taken, say. */
static bool
start_server(struct dns_peer *peer)
{
	char conf[128];
	int tries;

	peer->port = free_port();
	conf_write(peer);
	snprintf(conf, sizeof(conf), "%s/nsd.conf", peer->folder);
	peer->pid = fork();
	if (peer->pid == 0) {
		setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
		execlp("nsd", "nsd", "-d", "-c", conf, (char *)NULL);
		_exit(127);
	}
	for (tries = 0; tries < 500; tries++) {
		if (is_up(peer))
			return true;
		if (waitpid(peer->pid, NULL, WNOHANG) == peer->pid)
			return false;
		usleep(20000);
	}
	return false;
}

void
dns_peer_start(struct dns_peer *peer, const char *zone)
{
	int tries = 5;

	*peer = (struct dns_peer) {.folder = "/tmp/check_dns.XXXXXX"};
	if (!mkdtemp(peer->folder))
		panic("no folder in /tmp");
	zone_write(peer, "peer", zone);
	sign(peer);
	prctl(PR_SET_CHILD_SUBREAPER, 1); /* NSD leaves children behind */
	while (!start_server(peer))
		if (--tries == 0)
			panic("nsd does not answer; see %s/log", peer->folder);
}

void
dns_peer_stop(struct dns_peer *peer)
{
	char command[128];

	kill(peer->pid, SIGTERM);
	while (waitpid(-1, NULL, 0) > 0)
		;
	snprintf(command, sizeof(command), "rm -r '%s'", peer->folder);
	if (system(command) != 0)
		panic("%s stays", peer->folder);
}
