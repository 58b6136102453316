/* SPDX-License-Identifier: Apache-2.0 */
/* dir.c: paths, the writer's lock, and what must be on the disk before a name counts. */
#include "dir_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db_int.h"

enum err dir_path(const char *home, const char *name, struct dir_path *out)
{
	int len = snprintf(out->text, sizeof out->text, "%s/%s", home, name);
	return len > 0 && (size_t)len < sizeof out->text ? ERR_OK : ERR_TOO_LONG;
}

/* Who has a lock may remove the file (backup_discard()); a lock on what has no name any more keeps nobody out. */
static bool is_there(const char *path, int fd)
{
	struct stat there, locked;
	return stat(path, &there) == 0 && fstat(fd, &locked) == 0 && there.st_dev == locked.st_dev &&
	       there.st_ino == locked.st_ino;
}

enum err dir_lock(const char *home, int *out)
{
	struct dir_path path;
	enum err e = dir_path(home, "lock", &path);
	if (e != ERR_OK)
		return e;
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return db_err(errno);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		e = errno == EWOULDBLOCK ? ERR_STORE_BUSY : ERR_IO;
	else if (!is_there(path.text, fd))
		e = ERR_STORE_BUSY;
	if (e == ERR_OK)
		*out = fd;
	else
		(void)close(fd);
	return e;
}

bool dir_is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

void dir_remove(const char *dir)
{
	static const char *const files[] = {"data.mdb", "lock.mdb"};
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		struct dir_path path;
		if (dir_path(dir, files[i], &path) == ERR_OK)
			(void)unlink(path.text);
	}
	(void)rmdir(dir);
}

enum err dir_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	int rc = fsync(fd);
	(void)close(fd);
	return rc == 0 ? ERR_OK : ERR_IO;
}
