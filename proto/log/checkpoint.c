/* SPDX-License-Identifier: Apache-2.0 */
/* checkpoint.c: the text of a feed's head, its signature, and the note that any C2SP verifier checks.
 * The general note is note.c's. Its twist: what is signed is text, remade from (network, feed, size, root)
 * each time, so nobody can sign or check anything but a head of exactly this form. */
#include "log/checkpoint.h"

#include <sodium.h>
#include <string.h>

#include "base/text.h"
#include "log/note.h"

void checkpoint_put_origin(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed)
{
	bytes_put_text(o, "lontar/");
	text_put_hex(o, BYTES_OF(network->bytes));
	bytes_put_u8(o, '/');
	text_put_hex(o, BYTES_OF(feed->bytes));
}

void checkpoint_put_text(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed,
        const struct head *head)
{
	checkpoint_put_origin(o, network, feed);
	bytes_put_u8(o, '\n');
	bytes_put_decimal(o, head->size);
	bytes_put_u8(o, '\n');
	text_put_base64(o, BYTES_OF(head->root.bytes));
	bytes_put_u8(o, '\n');
}

static struct bytes signed_text(uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX], const struct network_id *network,
        const struct feed_id *feed, const struct head *head)
{
	struct bytes_out o = bytes_out(buffer, CHECKPOINT_TEXT_BYTES_MAX);
	checkpoint_put_text(&o, network, feed, head);
	must(bytes_out_end(&o) == ERR_OK);
	return bytes_written(&o);
}

void checkpoint_sign(const struct network_id *network, const struct feed_id *feed, const uint8_t secret[64],
        const struct head *head, uint8_t signature[64])
{
	uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes text = signed_text(buffer, network, feed, head);
	must(crypto_sign_detached(signature, NULL, text.data, text.len, secret) == 0);
}

enum err checkpoint_verify(
        const struct network_id *network, const struct feed_id *feed, const struct checkpoint *checkpoint)
{
	uint8_t buffer[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes text = signed_text(buffer, network, feed, &checkpoint->head);
	if (crypto_sign_verify_detached(checkpoint->signature, text.data, text.len, feed->bytes) != 0)
		return ERR_BAD_SIGNATURE;
	return ERR_OK;
}

void checkpoint_put_note(struct bytes_out *o, const struct network_id *network, const struct feed_id *feed,
        const struct checkpoint *checkpoint)
{
	uint8_t name[CHECKPOINT_TEXT_BYTES_MAX];
	struct bytes_out origin = bytes_out(name, sizeof name);
	checkpoint_put_origin(&origin, network, feed);
	must(bytes_out_end(&origin) == ERR_OK);
	struct note_key key = {.name = bytes_written(&origin), .type = NOTE_ED25519};
	memcpy(key.key, feed->bytes, sizeof key.key);
	checkpoint_put_text(o, network, feed, &checkpoint->head);
	bytes_put_u8(o, '\n');
	note_put_signature(o, &key, BYTES_OF(checkpoint->signature));
}

static bool origin_ok(struct bytes origin)
{
	/* The first line of what a cosigner signs: a feed of that name could pass its heads for cosignatures. */
	return origin.len > 0 && !bytes_equal(origin, bytes_text("cosignature/v1"));
}

enum err checkpoint_parse_text(struct bytes text, struct bytes *origin, struct head *out)
{
	struct bytes rest = text, first, size, root;
	struct head h;
	size_t len;
	if (!text_line(&rest, &first) || !text_line(&rest, &size) || !text_line(&rest, &root) ||
	        rest.len != 0)
		return ERR_MALFORMED;
	if (!origin_ok(first) || text_u64(size, UINT64_MAX, &h.size) != ERR_OK)
		return ERR_MALFORMED;
	if (text_base64(root, h.root.bytes, sizeof h.root.bytes, &len) != ERR_OK ||
	        len != sizeof h.root.bytes)
		return ERR_MALFORMED;
	*origin = first;
	*out = h;
	return ERR_OK;
}

enum err checkpoint_parse_origin(struct bytes origin, struct network_id *network, struct feed_id *feed)
{
	struct network_id n;
	struct feed_id f;
	struct bytes rest = origin;
	if (!bytes_equal(text_split(&rest, '/'), bytes_text("lontar")))
		return ERR_MALFORMED;
	if (text_hex(text_split(&rest, '/'), n.bytes, sizeof n.bytes) != ERR_OK)
		return ERR_MALFORMED;
	if (text_hex(rest, f.bytes, sizeof f.bytes) != ERR_OK)
		return ERR_MALFORMED;
	*network = n;
	*feed = f;
	return ERR_OK;
}
