/* SPDX-License-Identifier: Apache-2.0
 * care.c: what must be done now and then: tell systemd that the loop turns, and let the store forget the read
 * transactions of processes that died, which would make it grow. */
#include <systemd/sd-daemon.h>

#include "daemon_int.h"
#include "env/clock.h"

#define READERS_INTERVAL_MS 60000u

static uint64_t readers_due_ms;

static void on_care(uv_timer_t *timer)
{
	struct daemon *d = timer->data;
	uint64_t now_ms = clock_steady_ms();
	(void)sd_notify(0, "WATCHDOG=1");
	if (now_ms < readers_due_ms)
		return;
	readers_due_ms = now_ms + READERS_INTERVAL_MS;
	enum err e = store_check_readers(d->store);
	if (e)
		journal_say(JOURNAL_WARNING, "the store's readers could not be checked: %s", err_text(e));
}

void care_start(struct daemon *d)
{
	uint64_t interval_ms = READERS_INTERVAL_MS, watchdog_us;
	if (sd_watchdog_enabled(0, &watchdog_us) > 0 && watchdog_us / 3000 < interval_ms)
		interval_ms = watchdog_us / 3000 + 1;
	must(!uv_timer_init(&d->loop, &d->care));
	d->care.data = d;
	must(!uv_timer_start(&d->care, on_care, interval_ms, interval_ms));
}
