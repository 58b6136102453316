/* SPDX-License-Identifier: Apache-2.0
 * bodies.h: what must hold of the decoder of any body, shown on one good body. */
#ifndef SUPPORT_BODIES_H
#define SUPPORT_BODIES_H

#include "base/mp.h"

typedef enum err bodies_decode(struct bytes body);

/* BODY decodes; with an unknown key it still does; cut short anywhere or with a byte more it does not; without one of
 * the keys of the list (ends with -1) it is ERR_MISSING_FIELD, without any other key it is not that. Dies if not. */
void bodies_prove(struct bytes body, bodies_decode *decode, const int *required);
/* BODY with the value of KEY replaced by (or KEY added as) the packed VALUE, into ROOM. */
struct bytes bodies_with(struct bytes body, uint32_t key, struct bytes value, void *room, size_t cap);

#endif
