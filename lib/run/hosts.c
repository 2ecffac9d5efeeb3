/*
 * hosts: names of /etc/hosts, the file read at most once a minute.
 *
 * The file is small and in the page cache; reading it is no wait.  Only its
 * first 256 KB count.  No file is an empty file.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fcntl.h>
#include <unistd.h>

#include "hosts.h"

enum { FILE_MOST = 256 * 1024, BLOCK = 4096, FRESH = 60 * 1000 };

void
hosts_init(struct hosts *hosts, const char *file)
{
	*hosts = (struct hosts) {.file = file};
	strbuf_init(&hosts->text);
}

void
hosts_clear(struct hosts *hosts)
{
	strbuf_clear(&hosts->text);
	hosts->stale_at = 0;
}

static void
read_file(struct hosts *hosts)
{
	int fd = open(hosts->file, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	strbuf_clear(&hosts->text);
	if (fd < 0)
		return;
	do {
		got = read(fd, strbuf_grow(&hosts->text, BLOCK), BLOCK);
		if (got > 0)
			strbuf_grew(&hosts->text, (size_t)got);
	} while (got > 0 && hosts->text.len < FILE_MOST);
	close(fd);
}

static bool
line_has(struct str names, struct str name)
{
	struct str word;

	while (str_cut_word(&names, &word))
		if (str_case_eq(word, name))
			return true;
	return false;
}

size_t
hosts_find(struct hosts *hosts, const char *name, unsigned bits, int64_t now,
    struct ip *out, size_t most)
{
	struct str wanted = str_c(name), rest, line, word;
	size_t count = 0;

	if (hosts->stale_at == 0 || now >= hosts->stale_at) {
		read_file(hosts);
		hosts->stale_at = now + FRESH;
	}
	if (str_ends(wanted, "."))
		wanted.len--;
	rest = strbuf_str(&hosts->text);
	while (count < most && str_cut_line(&rest, &line)) {
		line = str_head(line, str_find(line, '#'));
		if (str_cut_word(&line, &word) && ip_parse(word, &out[count]) &&
		    (bits == 0 || out[count].bits == bits) &&
		    line_has(line, wanted))
			count++;
	}
	return count;
}
