/* SPDX-License-Identifier: Apache-2.0
 * link_message.c: the bytes of every message as docs/PROTOCOL.md has them, the greatest of each against its bound,
 * and tables of what is refused and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/hex.h"
#include "support/link.h"
#include "support/random.h"

#define HASH "1111111111111111111111111111111111111111111111111111111111111111"
#define SIGNATURE \
	"22222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222" \
	"222222222222222222222222222222"
#define TEXT_160 "20202020202020202020202020202020202020202020202020202020202020202020202020202020"

/* Written by hand from the document. */
static const struct {
	enum message_type type;
	const char *bytes;
} layouts[] = {
        {MESSAGE_HELLO, "99 00 01 aa6c6f6e7461722f302e31 02 cd0100 c420" HASH
                        " c410 0001020304050607 08090a0b0c0d0e0f 07 c460" HASH SIGNATURE},
        {MESSAGE_HELLO, "99 00 01 a0 00 00 c420" HASH " c400 00 c400"},
        {MESSAGE_FRONTIER, "94 01 03 c420" HASH " c408 0001020304050607"},
        {MESSAGE_SIZES, "95 02 7f 00 cd1234 cfffffffffffffffff"},
        {MESSAGE_HEADS, "97 03 00 01 c460" HASH SIGNATURE " cd1fff cffffffffffffffffe c460" HASH SIGNATURE},
        {MESSAGE_HAVE, "95 04 05 06 cd012c 07"},
        {MESSAGE_PULL, "94 05 09 00 01"},
        {MESSAGE_RUN, "95 06 03 cd0100 92 94 00 20 cf0000018bcfe56800 c40161 94 01 01 cd03e8 c40162 "
                      "c440" SIGNATURE},
        {MESSAGE_RUN, "95 06 03 00 91 94 00 02 00 c400 c400"},
        {MESSAGE_PROVE, "94 07 01 64 cd012c"},
        {MESSAGE_PROOF, "96 08 01 64 cd012c c460" HASH SIGNATURE " 92 c420" HASH " c420" HASH},
        {MESSAGE_ANCHOR, "92 09 92 01 c400"},
        {MESSAGE_BLOB_PULL, "93 0a c420" HASH " 00"},
        {MESSAGE_BLOB, "95 0b c420" HASH " 03 00 c403 616263"},
        {MESSAGE_BLOB, "95 0b c420" HASH " 00 00 c400"},
        {MESSAGE_PING, "92 0c cf0000018bcfe56800"},
        {MESSAGE_PONG, "93 0d cf0000018bcfe56800 cf0000018bcfe56801"},
        {MESSAGE_BYE, "93 0e 03 a77761697420757e"},
        {MESSAGE_BYE, "93 0e ccff a0"},
        {MESSAGE_JOIN, "96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH
                       " a3416e69 c0 c440" SIGNATURE " c420" HASH},
        {MESSAGE_JOIN, "96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH
                       " a141 84 00 a141 01 a141 07 00 09 cd04cf c440" SIGNATURE " c420" HASH},
        {MESSAGE_UNKNOWN, "91 10"},
        {MESSAGE_UNKNOWN, "93 ceffffffff 81 01 a161 c3"},
};

static void layouts_are_read_and_packed_again(void **state)
{
	struct message message;
	bool seen[MESSAGE_UNKNOWN + 1] = {0};
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct hex h = hex_of(layouts[i].bytes);
		struct bytes b = BYTES(h.data, h.len);
		assert_int_equal(link_message_property(b), ERR_OK);
		assert_int_equal(message_read(b, &message), ERR_OK);
		assert_int_equal(message.type, layouts[i].type);
		seen[message.type] = true;
	}
	for (size_t i = 0; i <= MESSAGE_UNKNOWN; i++)
		assert_true(seen[i]);
}

static void every_cut_and_every_byte_more(void **state)
{
	struct message message;
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct hex h = hex_of(layouts[i].bytes);
		for (size_t len = 0; len < h.len; len++)
			assert_int_not_equal(message_read(BYTES(h.data, len), &message), ERR_OK);
		h.data[h.len] = 0;
		assert_int_equal(message_read(BYTES(h.data, h.len + 1), &message), ERR_TRAILING);
	}
}

static void spoilt_bytes_are_refused_or_another_message(void **state)
{
	uint64_t random = 1;
	(void)state;
	for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
		struct hex good = hex_of(layouts[i].bytes);
		for (size_t bit = 0; bit < 8 * good.len; bit++) {
			struct hex h = good;
			h.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
			(void)link_message_property(BYTES(h.data, h.len));
			h.data[random_below(&random, h.len)] = (uint8_t)random_next(&random);
			(void)link_message_property(BYTES(h.data, h.len));
		}
	}
}

static const struct {
	const char *why, *bytes;
	enum err err;
} refused[] = {
        {"nothing", "", ERR_TRUNCATED},
        {"not an array", "00", ERR_MALFORMED},
        {"no type", "90", ERR_MISSING_FIELD},
        {"type is a text", "91 a161", ERR_MALFORMED},
        {"type not in its shortest form", "92 cc0c 01", ERR_NOT_SHORTEST},
        {"type above 2^32", "91 cf0000000100000000", ERR_OUT_OF_RANGE},
        {"array not in its shortest form", "dc0002 0c 01", ERR_NOT_SHORTEST},
        {"an array longer than the bytes", "dd10000000", ERR_TRUNCATED},
        {"unknown type that holds a float", "92 10 ca00000000", ERR_MALFORMED},
        {"unknown type, too deep", "92 10 91 91 91 91 91 91 91 91 01", ERR_TOO_DEEP},
        {"HELLO of no version", "91 00", ERR_MALFORMED},
        {"HELLO of version 2, of another form", "93 00 02 c0", ERR_BAD_VERSION},
        {"HELLO with a field more", "9a 00 01 a0 00 00 c420" HASH " c400 00 c400 00", ERR_MALFORMED},
        {"HELLO with a field less", "98 00 01 a0 00 00 c420" HASH " c400 00", ERR_MALFORMED},
        {"HELLO, agent moves the cursor", "99 00 01 a11b 00 00 c420" HASH " c400 00 c400", ERR_MALFORMED},
        {"HELLO, agent with DEL", "99 00 01 a17f 00 00 c420" HASH " c400 00 c400", ERR_MALFORMED},
        {"HELLO, agent with C1", "99 00 01 a2c29b 00 00 c420" HASH " c400 00 c400", ERR_MALFORMED},
        {"HELLO, agent not UTF-8", "99 00 01 a1ff 00 00 c420" HASH " c400 00 c400", ERR_NOT_UTF8},
        {"HELLO, agent of 65",
                "99 00 01 d941 41" TEXT_160 "2020202020202020202020202020202020202020202020 00 00 c420" HASH
                " c400 00 c400",
                ERR_TOO_LONG},
        {"HELLO, root of 31",
                "99 00 01 a0 00 00 c41f"
                "11111111111111111111111111111111111111111111111111111111111111 c400 00 c400",
                ERR_MALFORMED},
        {"HELLO, half a fingerprint", "99 00 01 a0 00 00 c420" HASH " c404 00000000 00 c400", ERR_MALFORMED},
        {"HELLO, a head of nothing", "99 00 01 a0 00 00 c420" HASH " c400 00 c460" HASH SIGNATURE,
                ERR_MALFORMED},
        {"HELLO, a head without its root", "99 00 01 a0 00 00 c420" HASH " c400 01 c400", ERR_MALFORMED},
        {"HELLO, registrar held", "99 00 01 a0 00 cfffffffffffffffff c420" HASH " c400 00 c400",
                ERR_OUT_OF_RANGE},
        {"SIZES of no size", "92 02 00", ERR_MALFORMED},
        {"SIZES of no block", "91 02", ERR_MALFORMED},
        {"SIZES of block 128", "93 02 cc80 00", ERR_OUT_OF_RANGE},
        {"HEADS of nothing", "91 03", ERR_MALFORMED},
        {"HEADS, two fields of three", "93 03 00 01", ERR_MALFORMED},
        {"HEADS of size 0", "94 03 00 00 c400", ERR_OUT_OF_RANGE},
        {"HEADS of feed 8192", "94 03 cd2000 01 c460" HASH SIGNATURE, ERR_OUT_OF_RANGE},
        {"HAVE of nothing", "91 04", ERR_MALFORMED},
        {"HAVE, a feed without size", "94 04 00 01 01", ERR_MALFORMED},
        {"HAVE of size 0", "93 04 00 00", ERR_OUT_OF_RANGE},
        {"HAVE of a held feed", "93 04 00 cfffffffffffffffff", ERR_OUT_OF_RANGE},
        {"PULL of nothing", "94 05 00 05 05", ERR_OUT_OF_RANGE},
        {"PULL backwards", "94 05 00 05 04", ERR_OUT_OF_RANGE},
        {"PULL to the end of numbers", "94 05 00 05 cfffffffffffffffff", ERR_OUT_OF_RANGE},
        {"PULL of a negative feed", "94 05 ff 00 01", ERR_MALFORMED},
        {"RUN of nothing", "95 06 00 00 90 c400", ERR_MALFORMED},
        {"RUN, audience 2", "95 06 00 00 91 94 02 20 00 c400 c400", ERR_OUT_OF_RANGE},
        {"RUN, sealed with another kind", "95 06 00 00 91 94 01 20 00 c400 c400", ERR_MALFORMED},
        {"RUN, kind 1 not sealed", "95 06 00 00 91 94 00 01 00 c400 c400", ERR_MALFORMED},
        {"RUN, kind 65536", "95 06 00 00 91 94 00 ce00010000 00 c400 c400", ERR_OUT_OF_RANGE},
        {"RUN, an entry of three", "95 06 00 00 91 93 00 20 00 c400", ERR_MALFORMED},
        {"RUN, time beyond 2^64", "95 06 00 00 92 94 00 20 01 c400 94 00 20 cfffffffffffffffff c400 c400",
                ERR_OUT_OF_RANGE},
        {"RUN, size beyond its end", "95 06 00 cffffffffffffffffe 91 94 00 20 01 c400 c400",
                ERR_OUT_OF_RANGE},
        {"RUN, signature of 63",
                "95 06 00 00 91 94 00 20 01 c400 c43f"
                "22222222222222222222222222222222222222222222222222222222222222222222222222222222222222222222"
                "2222"
                "222222222222222222222222222222",
                ERR_MALFORMED},
        {"PROVE m = 0", "94 07 00 00 01", ERR_OUT_OF_RANGE},
        {"PROVE m = n", "94 07 00 01 01", ERR_OUT_OF_RANGE},
        {"PROOF without a hash", "96 08 01 64 cd012c c460" HASH SIGNATURE " 90", ERR_MALFORMED},
        {"PROOF m = n", "96 08 01 64 64 c460" HASH SIGNATURE " 91 c420" HASH, ERR_OUT_OF_RANGE},
        {"ANCHOR of nothing", "91 09", ERR_MALFORMED},
        {"ANCHOR that is no msgpack", "92 09 c1", ERR_MALFORMED},
        {"BLOB_PULL of part 2048", "93 0a c420" HASH " cd0800", ERR_OUT_OF_RANGE},
        {"BLOB with less than its part", "95 0b c420" HASH " 03 00 c402 6162", ERR_MALFORMED},
        {"BLOB with more than its part", "95 0b c420" HASH " 02 00 c403 616263", ERR_MALFORMED},
        {"BLOB past its end", "95 0b c420" HASH " 03 01 c400", ERR_MALFORMED},
        {"BLOB not here, part 1", "95 0b c420" HASH " 00 01 c400", ERR_MALFORMED},
        {"BLOB of 64 MiB and one", "95 0b c420" HASH " ce04000001 00 c400", ERR_OUT_OF_RANGE},
        {"PING of nothing", "91 0c", ERR_MALFORMED},
        {"PING before 1970", "92 0c ff", ERR_MALFORMED},
        {"PONG without its own time", "92 0d 01", ERR_MALFORMED},
        {"BYE 256", "93 0e cd0100 a0", ERR_OUT_OF_RANGE},
        {"BYE of 161", "93 0e 00 d9a1 41" TEXT_160 TEXT_160 TEXT_160 TEXT_160, ERR_TOO_LONG},
        {"BYE with a line feed", "93 0e 00 a10a", ERR_MALFORMED},
        {"JOIN without a name",
                "96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH " a0 c0 c440" SIGNATURE
                " c420" HASH,
                ERR_MISSING_FIELD},
        {"JOIN with three keys",
                "96 0f 93 c420" HASH " c420" HASH " c420" HASH " a141 c0 c440" SIGNATURE " c420" HASH,
                ERR_MALFORMED},
        {"JOIN, a profile with a key of later",
                "96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH
                " a141 85 00 a141 01 a141 07 00 09 cd04cf 0b 01 c440" SIGNATURE " c420" HASH,
                ERR_MALFORMED},
        {"JOIN, a profile with an empty text",
                "96 0f 94 c420" HASH " c420" HASH " c420" HASH " c420" HASH
                " a141 85 00 a141 01 a141 04 a0 07 00 09 cd04cf c440" SIGNATURE " c420" HASH,
                ERR_MALFORMED},
};

static void what_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		struct hex h = hex_of(refused[i].bytes);
		struct message message = {.type = MESSAGE_PING, .raw = BYTES("x", 1)};
		enum err e = message_read(BYTES(h.data, h.len), &message);
		if (e != refused[i].err)
			fail_msg("%s: %s instead of %s", refused[i].why, err_code(e),
			        err_code(refused[i].err));
		/* untouched on failure */
		assert_true(message.type == MESSAGE_PING && message.raw.len == 1);
	}
}

/* The greatest message of each type, packed by the function that FILLS it. */
static uint8_t zeros[RUN_BYTES_MAX], buffer[FRAME_PLAINTEXT_BYTES_MAX];
static const struct checkpoint great_head = {.head = {.size = FEED_SIZE_HELD - 1}};
static const struct feed_no last_feed = {FEEDS_MAX - 1};

static void great_hello(struct mp_out *m)
{
	static char agent[AGENT_BYTES_MAX];
	memset(agent, 'a', sizeof agent);
	message_pack_hello(m, &(struct message_hello){
	                              .agent = BYTES(agent, sizeof agent),
	                              .anchor_number = UINT64_MAX,
	                              .registrar = great_head.head,
	                              .fingerprints = BYTES(zeros, 8u * FRONTIER_BLOCKS_MAX),
	                              .yours = great_head,
	                      });
}

static void great_frontier(struct mp_out *m)
{
	message_pack_frontier(m, &(struct message_frontier){.registrar = great_head.head,
	                                 .fingerprints = BYTES(zeros, 8u * FRONTIER_BLOCKS_MAX)});
}

static void great_sizes(struct mp_out *m)
{
	uint64_t sizes[FEED_BLOCK];
	for (size_t i = 0; i < FEED_BLOCK; i++)
		sizes[i] = FEED_SIZE_HELD;
	message_pack_sizes(m, FRONTIER_BLOCKS_MAX - 1, sizes, FEED_BLOCK);
}

static void great_heads(struct mp_out *m)
{
	struct message_feed_head heads[FEED_BLOCK];
	for (size_t i = 0; i < FEED_BLOCK; i++)
		heads[i] = (struct message_feed_head){last_feed, great_head};
	message_pack_heads(m, heads, FEED_BLOCK);
}

static void great_have(struct mp_out *m)
{
	static struct message_feed_size feeds[HAVE_FEEDS_MAX];
	for (size_t i = 0; i < HAVE_FEEDS_MAX; i++)
		feeds[i] = (struct message_feed_size){last_feed, FEED_SIZE_HELD - 1};
	message_pack_have(m, feeds, HAVE_FEEDS_MAX);
}

static void great_pull(struct mp_out *m)
{
	message_pack_pull(m, &(struct message_pull){last_feed, FEED_SIZE_HELD - 2, FEED_SIZE_HELD - 1});
}

/* Two entries: the fewer share the bytes, the less of them is headers that do not travel. */
static void great_run(struct mp_out *m)
{
	struct run_item items[2];
	const size_t payload = RUN_BYTES_MAX / 2 - ENTRY_HEADER_BYTES;
	for (size_t i = 0; i < 2; i++)
		items[i] = (struct run_item){AUDIENCE_NETWORK, UINT16_MAX, UINT64_MAX, BYTES(zeros, payload)};
	message_pack_run(m, last_feed,
	        &(struct run){.from = FEED_SIZE_HELD - 300, .count = 2, .items = items}, MESSAGE_RUN_SIGNED);
}

static void great_prove(struct mp_out *m)
{
	message_pack_prove(m, &(struct message_prove){last_feed, FEED_SIZE_HELD - 2, FEED_SIZE_HELD - 1});
}

static void great_proof(struct mp_out *m)
{
	message_pack_proof(m, &(struct message_proof){.feed = last_feed,
	                              .old_size = FEED_SIZE_HELD - 2,
	                              .newer = great_head,
	                              .path.count = PROOF_HASHES_MAX});
}

static void great_anchor(struct mp_out *m)
{
	static uint8_t anchor[ANCHOR_BYTES_MAX];
	struct mp_out a = mp_out(anchor, sizeof anchor);
	mp_put_bin(&a, BYTES(zeros, ANCHOR_BYTES_MAX - 3));
	assert_int_equal(mp_out_end(&a), ERR_OK);
	message_pack_anchor(m, BYTES_OF(anchor));
}

static void great_blob_pull(struct mp_out *m)
{
	message_pack_blob_pull(m, &(struct message_blob_pull){.part = BLOB_BYTES_MAX / BLOB_PART_BYTES - 1});
}

static void great_blob(struct mp_out *m)
{
	message_pack_blob(m, &(struct message_blob){.size_bytes = BLOB_BYTES_MAX,
	                             .part = BLOB_BYTES_MAX / BLOB_PART_BYTES - 1,
	                             .data = BYTES(zeros, BLOB_PART_BYTES)});
}

static void great_ping(struct mp_out *m)
{
	message_pack_ping(m, &(struct message_ping){UINT64_MAX});
}

static void great_pong(struct mp_out *m)
{
	message_pack_pong(m, &(struct message_pong){UINT64_MAX, UINT64_MAX});
}

static void great_bye(struct mp_out *m)
{
	char text[BYE_TEXT_BYTES_MAX];
	memset(text, 'a', sizeof text);
	message_pack_bye(m, UINT8_MAX, BYTES(text, sizeof text));
}

static struct short_text great_text(uint8_t len)
{
	struct short_text t = {.len = len};
	memset(t.text, 'a', len);
	return t;
}

static void great_join(struct mp_out *m)
{
	struct join join = {.name = great_text(NAME_BYTES_MAX), .has_profile = true};
	join.profile = (struct profile){
	        .name = great_text(NAME_BYTES_MAX),
	        .alias = great_text(ALIAS_BYTES_MAX),
	        .legal_no = great_text(LEGAL_NO_BYTES_MAX),
	        .nik = great_text(NIK_BYTES_MAX),
	        .type = great_text(NAME_BYTES_MAX),
	        .kecamatan = great_text(NAME_BYTES_MAX),
	        .desa = great_text(NAME_BYTES_MAX),
	        .form = FORM_OTHER,
	        .has_founded = true,
	        .founded = {DAY_MIN},
	        .closing_month = 12,
	        .closing_day = 31,
	};
	message_pack_join(m, &join);
}

static void the_greatest_of_each_type(void **state)
{
	static void (*const fills[])(struct mp_out * m) = {
#define X(number, NAME, name, sender, place, max) great_##name,
	        MESSAGE_TABLE(X)
#undef X
	};
	(void)state;
	for (enum message_type type = 0; type < MESSAGE_UNKNOWN; type++) {
		struct mp_out m = mp_out(buffer, sizeof buffer);
		fills[type](&m);
		assert_int_equal(mp_out_end(&m), ERR_OK);
		struct bytes b = mp_written(&m);
		printf("%-10s %5zu of %zu\n", message_name(type), b.len, message_bytes_max(type));
		assert_int_equal(link_message_property(b), ERR_OK);
		assert_true(b.len <= message_bytes_max(type));
		assert_true(message_bytes_max(type) <= FRAME_PLAINTEXT_BYTES_MAX);
	}
}

static void one_item_too_many(void **state)
{
	struct message message;
	uint8_t bytes[64];
	struct bytes_out o = bytes_out(buffer, sizeof buffer);
	(void)state;
	/* SIZES of 65 */
	bytes_put(&o, (const uint8_t[]){0xdc, 0, 67, 2, 0}, 5);
	for (int i = 0; i < 65; i++)
		bytes_put_u8(&o, 0);
	assert_int_equal(message_read(bytes_written(&o), &message), ERR_TOO_MANY);
	/* RUN of 257 */
	o = bytes_out(buffer, sizeof buffer);
	bytes_put(&o, (const uint8_t[]){0x95, 6, 0, 0, 0xdc, 1, 1}, 7);
	for (int i = 0; i < 257; i++)
		bytes_put(&o, (const uint8_t[]){0x94, 0, 0x20, 0, 0xc4, 0}, 6);
	bytes_put(&o, (const uint8_t[]){0xc4, 0}, 2);
	assert_int_equal(message_read(bytes_written(&o), &message), ERR_TOO_MANY);
	/* RUN of two whose bytes are too many together, each alone allowed */
	o = bytes_out(buffer, sizeof buffer);
	bytes_put(&o, (const uint8_t[]){0x95, 6, 0, 0, 0x92}, 5);
	for (int i = 0; i < 2; i++) {
		bytes_put(&o, (const uint8_t[]){0x94, 0, 0x20, 0, 0xc5, 0x60, 0}, 7);
		bytes_put(&o, zeros, 0x6000);
	}
	bytes_put(&o, (const uint8_t[]){0xc4, 0}, 2);
	assert_int_equal(message_read(bytes_written(&o), &message), ERR_TOO_LONG);
	(void)bytes;
}

static void messages_of_a_frame(void **state)
{
	struct hex h = hex_of("92 0c 05  93 10 c0 a161  93 0d 05 06");
	struct bytes rest = BYTES(h.data, h.len);
	struct message message;
	(void)state;
	assert_int_equal(message_take(&rest, &message), ERR_OK);
	assert_true(message.type == MESSAGE_PING && message.ping.time_ms == 5);
	assert_int_equal(message_take(&rest, &message), ERR_OK);
	assert_true(message.type == MESSAGE_UNKNOWN);
	assert_int_equal(message_take(&rest, &message), ERR_OK);
	assert_true(message.type == MESSAGE_PONG && message.pong.ping_ms == 5 && message.pong.time_ms == 6);
	assert_int_equal(rest.len, 0);
	assert_int_equal(message_take(&rest, &message), ERR_TRUNCATED);
}

static void a_run_comes_out_as_it_went_in(void **state)
{
	const struct run_item in[] = {
	        {AUDIENCE_NETWORK, 2, 1700000000000, BYTES("a", 1)},
	        {AUDIENCE_SEALED, KIND_SEALED, 1700000000000, BYTES("bc", 2)},
	        {AUDIENCE_NETWORK, 40, 1700000086400, BYTES("", 0)},
	};
	struct run run = {.from = 7, .count = 3, .items = in, .signature = {1, 2, 3}};
	struct run_item out[RUN_ENTRIES_MAX];
	struct mp_out m = mp_out(buffer, sizeof buffer);
	struct message message;
	(void)state;
	message_pack_run(&m, (struct feed_no){12}, &run, MESSAGE_RUN_SIGNED);
	assert_int_equal(message_read(mp_written(&m), &message), ERR_OK);
	assert_int_equal(message.run.feed.n, 12);
	assert_int_equal(message.run.from, 7);
	assert_int_equal(message.run.count, 3);
	assert_true(message.run.has_signature);
	assert_memory_equal(message.run.signature, run.signature, 64);
	message_run_items(&message.run, out);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(out[i].audience, in[i].audience);
		assert_int_equal(out[i].kind, in[i].kind);
		assert_int_equal(out[i].time_ms, in[i].time_ms);
		assert_true(bytes_equal(out[i].payload, in[i].payload));
	}
}

static void a_bye_is_cut_between_characters(void **state)
{
	char text[BYE_TEXT_BYTES_MAX + 1];
	struct mp_out m = mp_out(buffer, sizeof buffer);
	struct message message;
	(void)state;
	memset(text, 'a', sizeof text);
	memcpy(text + BYE_TEXT_BYTES_MAX - 1, "\xc3\xa9", 2); /* the limit falls into it */
	message_pack_bye(&m, BYE_FAULT, BYTES(text, sizeof text));
	assert_int_equal(message_read(mp_written(&m), &message), ERR_OK);
	assert_int_equal(message.bye.text.len, BYE_TEXT_BYTES_MAX - 1);
	assert_string_equal(message_bye_text(BYE_FAULT), "fault");
	assert_string_equal(message_bye_text(77), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(layouts_are_read_and_packed_again),
	        cmocka_unit_test(every_cut_and_every_byte_more),
	        cmocka_unit_test(spoilt_bytes_are_refused_or_another_message),
	        cmocka_unit_test(what_is_refused),
	        cmocka_unit_test(the_greatest_of_each_type),
	        cmocka_unit_test(one_item_too_many),
	        cmocka_unit_test(messages_of_a_frame),
	        cmocka_unit_test(a_run_comes_out_as_it_went_in),
	        cmocka_unit_test(a_bye_is_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
