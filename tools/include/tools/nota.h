/* SPDX-License-Identifier: Apache-2.0
 * nota.h: a line of a trade as a person types it: "Gabah kering panen: 1500 kg @ 6500 - 2,5%". */
#ifndef TOOLS_NOTA_H
#define TOOLS_NOTA_H

#include "ledger/trade.h"
#include "tools/field.h"

/* ITEM: QUANTITY UNIT @ PRICE [- DISCOUNT%]. Texts are kept in the arena. */
void nota_line(struct trouble *t, struct field f, struct arena *arena, struct trade_line *out);
/* KIND=AMOUNT, KIND one of freight, weighing, loading, other. */
void nota_charge(struct trouble *t, struct field f, struct arena *arena, struct trade_charge *out);

#endif
