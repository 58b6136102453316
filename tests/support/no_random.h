/* SPDX-License-Identifier: Apache-2.0
 * no_random.h: from now on who asks libsodium for the system's randomness dies: everything comes from the seed. */
#ifndef SUPPORT_NO_RANDOM_H
#define SUPPORT_NO_RANDOM_H

void no_random_from_now_on(void);

#endif
