/*
 * hosts: names of /etc/hosts.
 *
 * The file is small and in the page cache; reading it is no wait.  Only its
 * first 256 KB count.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fcntl.h>
#include <unistd.h>

#include "postern/strbuf.h"

#include "hosts.h"

enum { FILE_MOST = 256 * 1024 };

static void
read_file(const char *file, struct strbuf *out)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return;
	do {
		got = read(fd, strbuf_grow(out, 4096), 4096);
		if (got > 0)
			strbuf_grew(out, (size_t)got);
	} while (got > 0 && out->len < FILE_MOST);
	close(fd);
}

static bool
line_has(struct str names, const char *name)
{
	struct str word;

	while (str_cut_word(&names, &word))
		if (str_case_is(word, name))
			return true;
	return false;
}

size_t
hosts_find(const char *file, const char *name, struct ip *out, size_t most)
{
	struct str rest, line, word;
	struct strbuf text;
	size_t count = 0;

	strbuf_init(&text);
	read_file(file, &text);
	rest = strbuf_str(&text);
	while (count < most && str_cut_line(&rest, &line)) {
		line = str_head(line, str_find(line, '#'));
		if (str_cut_word(&line, &word) && ip_parse(word, &out[count]) &&
		    line_has(line, name))
			count++;
	}
	strbuf_clear(&text);
	return count;
}
