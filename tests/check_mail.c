/*
 * check_mail: SMTP's syntax and the result headers, one suite a module.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "check_mail.h"

struct str
exact(struct str s)
{
	char *data = malloc(s.len ? s.len : 1);

	if (!data)
		abort();
	if (s.len)
		memcpy(data, s.data, s.len);
	return str_of(data, s.len);
}

void
expect(const char *label, struct str got, struct str want)
{
	ck_assert_msg(str_eq(got, want), "%s: got \"%.*s\", want \"%.*s\"",
	    label, (int)got.len, got.data, (int)want.len, want.data);
}

int
main(void)
{
	SRunner *runner = srunner_create(command_suite());
	int failed;

	srunner_add_suite(runner, reply_suite());
	srunner_add_suite(runner, dotline_suite());
	srunner_add_suite(runner, authres_suite());
	srunner_add_suite(runner, mailbox_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
