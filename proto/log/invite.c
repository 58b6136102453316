/* SPDX-License-Identifier: Apache-2.0
 * invite.c: see invite.h. In the line: version (1 byte), network id, link key, secret, expiry (4), how many addresses
 * (1), and of each its length (1) and text. */
#include <string.h>

#include "base/text.h"
#include "log/invite.h"
#include "log/keys.h"
#include "log/line.h"

#define INVITE_VERSION 1u
static const char PREFIX[] = "lontar";

enum err invite_add_address(struct invite *i, struct bytes address)
{
	if (address.len > ADDRESS_BYTES_MAX || !text_is_address(address))
		return ERR_BAD_ADDRESS;
	if (i->addresses_count >= NODE_ADDRESSES_MAX)
		return ERR_TOO_MANY;
	struct invite_address *a = &i->addresses[i->addresses_count++];
	*a = (struct invite_address){.len = (uint8_t)address.len};
	memcpy(a->text, address.data, address.len);
	return ERR_OK;
}

enum err invite_put(struct bytes_out *o, const struct invite *i)
{
	uint8_t memory[INVITE_BYTES_MAX], line[INVITE_BYTES_MAX];
	struct bytes_out b = bytes_out(memory, sizeof memory), text = bytes_out(line, sizeof line);
	must(i->addresses_count <= NODE_ADDRESSES_MAX);
	bytes_put_u8(&b, INVITE_VERSION);
	bytes_put(&b, i->network.bytes, sizeof i->network.bytes);
	bytes_put(&b, i->link, sizeof i->link);
	bytes_put(&b, i->secret, sizeof i->secret);
	bytes_put_u32(&b, i->expiry_s);
	bytes_put_u8(&b, (uint8_t)i->addresses_count);
	for (uint32_t a = 0; a < i->addresses_count; a++) {
		bytes_put_u8(&b, i->addresses[a].len);
		bytes_put(&b, i->addresses[a].text, i->addresses[a].len);
	}
	line_put(&text, PREFIX, bytes_written(&b));
	if (bytes_out_end(&b) != ERR_OK || bytes_out_end(&text) != ERR_OK)
		return ERR_TOO_LONG;
	bytes_put(o, line, text.len);
	return bytes_out_end(o);
}

static enum err read_addresses(struct bytes_in *in, struct invite *i)
{
	uint8_t count = bytes_get_u8(in);
	for (uint8_t a = 0; a < count && in->err == ERR_OK; a++) {
		struct bytes address = bytes_take(in, bytes_get_u8(in));
		enum err e = in->err != ERR_OK ? in->err : invite_add_address(i, address);
		if (e != ERR_OK)
			return e;
	}
	return bytes_in_end(in);
}

enum err invite_parse(struct bytes text, struct invite *out)
{
	uint8_t memory[INVITE_BYTES_MAX];
	size_t len = 0;
	struct invite i = {0};
	enum err e = line_parse(text, PREFIX, memory, sizeof memory, &len);
	if (e != ERR_OK)
		return e;
	struct bytes_in in = bytes_in(BYTES(memory, len));
	if (bytes_get_u8(&in) != INVITE_VERSION)
		return len == 0 ? ERR_TRUNCATED : ERR_BAD_VERSION;
	bytes_get(&in, i.network.bytes, sizeof i.network.bytes);
	bytes_get(&in, i.link, sizeof i.link);
	bytes_get(&in, i.secret, sizeof i.secret);
	i.expiry_s = bytes_get_u32(&in);
	e = read_addresses(&in, &i);
	if (e == ERR_OK)
		e = keys_check_agreement(i.link);
	if (e == ERR_OK)
		*out = i;
	return e;
}
