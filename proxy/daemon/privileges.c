/*
 * privileges: who a worker is.
 *
 * The master keeps what it was started with, so that a reload can read keys
 * and bind ports; workers, which read what strangers send, keep nothing.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "privileges.h"

bool
privileges_known(const char *user)
{
	return geteuid() != 0 || (user && getpwnam(user));
}

bool
privileges_may_write(const char *user, const struct stat *dir)
{
	struct passwd *pw = geteuid() == 0 && user ? getpwnam(user) : NULL;
	uid_t uid = pw ? pw->pw_uid : geteuid();
	gid_t gid = pw ? pw->pw_gid : getegid();

	if (uid == 0)
		return true;
	if (dir->st_uid == uid)
		return dir->st_mode & S_IWUSR;
	if (dir->st_gid == gid)
		return dir->st_mode & S_IWGRP;
	return dir->st_mode & S_IWOTH;
}

/* Of the capabilities that PR_SET_KEEPCAPS kept, one. */
static bool
keep_net_admin(void)
{
	struct __user_cap_header_struct header = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{
	    .effective = 1u << CAP_NET_ADMIN,
	    .permitted = 1u << CAP_NET_ADMIN,
	}};

	return syscall(SYS_capset, &header, data) == 0;
}

static bool
become(const char *user, bool net_admin, struct error *err)
{
	struct passwd *pw;

	pw = user ? getpwnam(user) : NULL;
	if (!pw)
		return error_set(
		    err, "there is no user \"%s\"", user ? user : "");
	if (net_admin)
		prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (initgroups(pw->pw_name, pw->pw_gid) != 0 ||
	    setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		return error_set(
		    err, "becoming user %s: %s", user, strerror(errno));
	if (net_admin && pw->pw_uid != 0 && !keep_net_admin())
		return error_set(
		    err, "keeping CAP_NET_ADMIN: %s", strerror(errno));
	if (pw->pw_uid != 0 && setuid(0) == 0)
		return error_set(err, "user %s can become root again", user);
	return true;
}

/*
 * A change of user makes the kernel forget which signal the death of the
 * parent is to bring: a worker that outlives its master would answer clients
 * by an old configuration for ever.
 */
bool
privileges_drop(const char *user, bool net_admin, struct error *err)
{
	pid_t parent = getppid();
	int number = 0;

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (geteuid() != 0)
		return true;
	prctl(PR_GET_PDEATHSIG, &number, 0, 0, 0);
	if (!become(user, net_admin, err))
		return false;
	prctl(PR_SET_PDEATHSIG, number, 0, 0, 0);
	if (number != 0 && getppid() != parent)
		raise(number);
	return true;
}
