/*
 * conf_man: writes postern.conf(5) from the settings tables, so that the page
 * cannot say anything else than the program does.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>
#include <stdio.h>

#include "proxy/daemon/config.h"

static const char *const kind_words[] = {
    [SETTING_BOOL] = "yes or no",
    [SETTING_COUNT] = "number",
    [SETTING_SIZE] = "size",
    [SETTING_DURATION] = "duration",
    [SETTING_SCORE] = "points",
    [SETTING_TEXT] = "text",
    [SETTING_TEXTS] = "list",
    [SETTING_NETS] = "networks",
    [SETTING_ENDPOINT] = "socket",
    [SETTING_ENDPOINTS] = "sockets",
    [SETTING_REACTION] = "reaction",
    [SETTING_WORD] = "word",
};

static void
print_default(const struct setting *row)
{
	bool list = row->kind == SETTING_TEXTS || row->kind == SETTING_NETS;

	if (!row->initial)
		printf("must be set");
	else if (list)
		printf("{%s}", row->initial);
	else
		printf("%s", row->initial[0] ? row->initial : "none");
}

static void
print_table(const struct setting *table)
{
	puts(".Bl -tag -width Ds");
	for (; table->name; table++) {
		printf(".It Ic %s Pq %s, default Cm ", table->name,
		    kind_words[table->kind]);
		print_default(table);
		printf("\n%s\n", table->help);
	}
	puts(".El");
}

static void
print_filters(void)
{
	char name[64];
	size_t i, k;

	for (i = 0; registry[i]; i++) {
		for (k = 0; registry[i]->name[k]; k++)
			name[k] =
			    (char)toupper((unsigned char)registry[i]->name[k]);
		name[k] = '\0';
		printf(".Ss FILTER %s\nIn a section\n.Ql filter \"%s\" { } :\n"
		       "%s.\n",
		    name, registry[i]->name, registry[i]->summary);
		print_table(registry[i]->settings);
	}
}

static const char head[] =
    ".\\\" Written by doc/conf_man.c; edit the settings tables instead.\n"
    ".Dd November 24, 2026\n.Dt POSTERN.CONF 5\n.Os\n.Sh NAME\n.Nm "
    "postern.conf\n"
    ".Nd configuration of the postern mail filter\n.Sh DESCRIPTION\n"
    "The file holds settings,\n.Ql name = value ,\nlists,\n"
    ".Ql name = {a, b} ,\nand sections,\n.Ql kind \"title\" { ... } .\n"
    "A # begins a comment.  Values are bare words or in double quotes.\n"
    ".Ql include \"pattern\"\nreads other files in its place.\n.Pp\n"
    "There are two layers: the defaults told here, and what the file sets.\n"
    ".Xr postern 8\n.Cm check\ntells every mistake with its file and line,\n"
    ".Xr postern 8\n.Cm conf\nwhat is in effect.\n.Pp\n"
    "Durations are written as 500ms, 10s, 5m, 1h or 1d, sizes as 256K, 30M\n"
    "or 1G.  Sockets are written as host:port, [v6]:port, *:port,\n"
    "inet:port@host, inet:host:port or unix:/path.  A reaction is\n"
    ".Cm ignore , defer , reject\nor a number of points such as 3.0.\n";

static const char tail[] =
    ".Sh EXAMPLES\n.Bd -literal\nauthserv_id = mx.example.net\n"
    "listener \"mx\" {\n    address  = \"*:25\"\n"
    "    backend  = \"127.0.0.1:10026\"\n    identity = xclient\n}\n"
    "actions { tag = 5  reject = 15 }\n"
    "filter \"spf\" { on_fail = reject }\n.Ed\n.Sh SEE ALSO\n"
    ".Xr postern 8\n";

int
main(void)
{
	fputs(head, stdout);
	puts(".Sh SETTINGS\n.Ss TOP LEVEL");
	print_table(config_table);
	puts(".Ss ACTIONS\nIn the section\n.Ql actions { } :");
	print_table(action_table);
	puts(".Ss LISTENER\nIn a section\n.Ql listener \"title\" { } ,\n"
	     "one for each door:");
	print_table(listener_table);
	puts(".Ss MILTER\nIn a section\n.Ql milter \"title\" { } ,\n"
	     "one for each socket that a mail server connects to:");
	print_table(milter_table);
	print_filters();
	fputs(tail, stdout);
	return fclose(stdout) == 0 ? 0 : 1;
}
