/* SPDX-License-Identifier: Apache-2.0
 * file.c: small files, read whole and written so that a power cut leaves the old one or the new one. */
#include "file_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "env/home.h"

static enum err err_of(int number)
{
	switch (number) {
	case ENOENT:
		return ERR_NOT_FOUND;
	case EEXIST:
		return ERR_EXISTS;
	case ENOSPC:
	case EDQUOT:
		return ERR_DISK_FULL;
	default:
		return ERR_IO;
	}
}

enum err file_read(const char *path, char *buf, size_t cap)
{
	must(cap > 0);
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hold us up */
	if (fd < 0)
		return err_of(errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return ERR_IO;
	}
	size_t len = 0;
	ssize_t n = 0;
	while (len < cap && (n = read(fd, buf + len, cap - len)) > 0)
		len += (size_t)n;
	close(fd);
	if (n < 0)
		return ERR_IO;
	if (len == cap)
		return ERR_TOO_LONG;
	buf[len] = 0;
	return ERR_OK;
}

static enum err sync_parent(const char *path)
{
	char dir[HOME_PATH_BYTES_MAX];
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;
	must(len < sizeof dir);
	memcpy(dir, path, len);
	dir[len] = 0;
	int fd = open(len ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return ERR_IO;
	int failed = fsync(fd);
	close(fd);
	return failed ? ERR_IO : ERR_OK;
}

static enum err write_all(int fd, struct bytes content)
{
	size_t at = 0;
	while (at < content.len) {
		ssize_t n = write(fd, content.data + at, content.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_of(errno);
		at += (size_t)n;
	}
	return fsync(fd) ? err_of(errno) : ERR_OK;
}

static enum err put_in_place(const char *temporary, const char *path, enum file_mode mode)
{
	int failed = mode == FILE_NEW ? link(temporary, path) : rename(temporary, path);
	enum err e = failed ? err_of(errno) : ERR_OK;
	if (mode == FILE_NEW || e)
		unlink(temporary);
	if (e)
		return e;
	e = sync_parent(path);
	if (e && mode == FILE_NEW)
		unlink(path); /* not there, rather than perhaps there */
	return e;
}

enum err file_write(const char *path, struct bytes content, enum file_mode mode)
{
	char temporary[HOME_PATH_BYTES_MAX + 32];
	int n = snprintf(temporary, sizeof temporary, "%s.new.%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof temporary)
		return ERR_TOO_LONG;
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_of(errno);
	enum err e = write_all(fd, content);
	close(fd);
	if (e) {
		unlink(temporary);
		return e;
	}
	return put_in_place(temporary, path, mode);
}

enum err file_write_at(const char *path, size_t at, struct bytes content)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return err_of(errno);
	ssize_t n = pwrite(fd, content.data, content.len, (off_t)at);
	enum err e = n < 0 ? err_of(errno) : (size_t)n < content.len ? ERR_DISK_FULL : ERR_OK;
	if (!e && fdatasync(fd))
		e = err_of(errno);
	(void)close(fd);
	return e;
}

enum err file_make_dirs(const char *path)
{
	char part[HOME_PATH_BYTES_MAX];
	size_t len = strlen(path);
	if (len >= sizeof part)
		return ERR_TOO_LONG;
	memcpy(part, path, len + 1);
	for (size_t i = 1; i <= len; i++) {
		if (part[i] != '/' && part[i] != 0)
			continue;
		part[i] = 0;
		if (mkdir(part, 0700) && errno != EEXIST)
			return err_of(errno);
		part[i] = path[i];
	}
	return ERR_OK;
}
