/* SPDX-License-Identifier: Apache-2.0
 * job.c: running a job, on whatever thread its owner chose. */
#include "commit_int.h"
#include "job_int.h"

enum job_type job_type(const struct job *job)
{
	return job->type;
}

void job_run(struct job *job)
{
	switch (job->type) {
	case JOB_VERIFY:
		verify_run(job->verify);
		return;
	case JOB_COMMIT:
		commit_run(job->commit);
		return;
	}
}
