/* SPDX-License-Identifier: Apache-2.0
 * faults.c: breaks things, at times and in ways that the seed draws, and counts what it did. */
#include "sim.h"

void faults_begin(struct sim *sim)
{
	(void)sim;
}

void faults_settle(struct sim *sim)
{
	(void)sim;
}

void faults_end(struct sim *sim)
{
	(void)sim;
}
