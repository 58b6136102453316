/* SPDX-License-Identifier: Apache-2.0 */
/* work.c: the writer's memory. */
#include "work_int.h"

#include <stdlib.h>

struct work *work_new(void)
{
	struct work *work = calloc(1, sizeof *work);
	if (work == NULL)
		return NULL;
	map_init(&work->touched, sizeof(struct touched));
	map_init(&work->sums, sizeof(struct sum_change));
	map_init(&work->sealed, sizeof(struct sealed_change));
	map_init(&work->rejudge, sizeof(struct rejudge));
	map_init(&work->shares, sizeof(struct share_turn));
	return work;
}

void work_free(struct work *work)
{
	if (work == NULL)
		return;
	map_deinit(&work->touched);
	map_deinit(&work->sums);
	map_deinit(&work->sealed);
	map_deinit(&work->rejudge);
	map_deinit(&work->shares);
	bytes_wipe(work, sizeof *work);
	free(work);
}

void work_reset(struct work *work)
{
	map_clear(&work->touched);
	map_clear(&work->sums);
	map_clear(&work->sealed);
	map_clear(&work->rejudge);
	map_clear(&work->shares);
	work->grown = false;
	bytes_wipe(work->channels, sizeof work->channels);
}
