/* SPDX-License-Identifier: Apache-2.0 */
/* merkle.c: trees and proofs of others: transparency-dev/merkle, certificate-transparency's reference tree, RFC 6962
 * hashes, sigsum. Where ours is the stricter rule, the vector is named here with the reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "log/proof.h"
#include "vectors.h"

static unsigned cases, refused;

static size_t base64_hash(const char *text, struct hash *out)
{
	memset(out, 0, sizeof *out);
	return vectors_base64(text, out->bytes, sizeof out->bytes);
}

/* False when one of the hashes is not 32 bytes long, which a proof of ours cannot even hold. */
static bool read_proof(const json_t *list, struct proof *out)
{
	uint8_t bytes[64];
	out->count = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		size_t len = vectors_base64(json_string_value(json_array_get(list, i)), bytes, sizeof bytes);
		if (len != 32 || out->count == PROOF_HASHES_MAX)
			return false;
		memcpy(out->hashes[out->count++].bytes, bytes, 32);
	}
	return true;
}

static void expect(const char *file, enum err got, bool want_error)
{
	cases++;
	refused += want_error;
	if ((got != ERR_OK) != want_error)
		fail_msg("%s: %s", file, err_code(got));
}

/* transparency-dev writes null for an empty proof and for a missing hash. */
static const char *hash_text(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);
	return json_is_string(v) ? json_string_value(v) : "";
}

static void inclusion(const char *file, json_t *d)
{
	struct proof proof;
	struct head head = {.size = vectors_number(d, "treeSize")};
	struct hash id;
	enum err e = ERR_BAD_PROOF;
	bool whole = base64_hash(hash_text(d, "root"), &head.root) == 32;
	whole = base64_hash(hash_text(d, "leafHash"), &id) == 32 && whole;
	if (read_proof(json_object_get(d, "proof"), &proof) && whole)
		e = proof_check_inclusion(&proof, vectors_number(d, "leafIdx"), &id, &head);
	expect(file, e, vectors_bool(d, "wantErr"));
}

/* C2SP's rule for witnesses, which is ours: every tree continues the empty one, with an empty proof. They refuse it. */
static bool is_growth_from_nothing(
        const struct head *old, const struct head *newer, const struct proof *proof)
{
	struct hash empty = hash_of(BYTES(NULL, 0));
	return old->size == 0 && newer->size > 0 && proof->count == 0 && hash_equal(&old->root, &empty);
}

static void consistency(const char *file, json_t *d)
{
	struct proof proof;
	struct head old = {.size = vectors_number(d, "size1")}, newer = {.size = vectors_number(d, "size2")};
	enum err e = ERR_BAD_PROOF;
	bool want_error = vectors_bool(d, "wantErr");
	/* two of their roots are words, not hashes; padded they are equal or not as before */
	bool whole = base64_hash(hash_text(d, "root1"), &old.root) ==
	             base64_hash(hash_text(d, "root2"), &newer.root);
	if (read_proof(json_object_get(d, "proof"), &proof) && whole)
		e = proof_check_consistency(&proof, &old, &newer);
	if (whole && is_growth_from_nothing(&old, &newer, &proof))
		want_error = false;
	expect(file, e, want_error);
}

static void transparency_dev(void **state)
{
	(void)state;
	cases = refused = 0;
	unsigned i = vectors_each("merkle/transparency-dev/inclusion", inclusion);
	unsigned c = vectors_each("merkle/transparency-dev/consistency", consistency);
	printf("transparency-dev: %u inclusion, %u consistency, of these %u refused\n", i, c, refused);
	assert_true(i > 90 && c > 90 && cases == i + c && refused > 150);
}

static unsigned sigsum_file(const char *file, bool want_error)
{
	json_t *d = vectors_load(file);
	unsigned count = (unsigned)json_array_size(d);
	for (unsigned i = 0; i < count; i++) {
		const json_t *c = json_array_get(d, i);
		struct proof proof;
		struct head head = {.size = vectors_number(c, "tree_size")};
		struct hash id;
		assert_int_equal(base64_hash(vectors_text(c, "leaf_hash"), &id), 32);
		assert_int_equal(base64_hash(vectors_text(c, "root_hash"), &head.root), 32);
		assert_true(read_proof(vectors_array(c, "inclusion_path"), &proof));
		expect(file, proof_check_inclusion(&proof, vectors_number(c, "leaf_index"), &id, &head),
		        want_error);
	}
	json_decref(d);
	return count;
}

static void sigsum(void **state)
{
	(void)state;
	unsigned valid = sigsum_file("merkle/sigsum-rs/inclusion-valid.json", false);
	unsigned invalid = sigsum_file("merkle/sigsum-rs/inclusion-invalid.json", true);
	printf("sigsum-rs: %u valid, %u invalid\n", valid, invalid);
	assert_true(valid > 0 && invalid > 0);
}

static struct hash hex_hash(const char *text)
{
	struct hash h;
	assert_int_equal(vectors_hex(text, h.bytes, sizeof h.bytes), 32);
	return h;
}

static void same(struct hash got, const char *want)
{
	struct hash w = hex_hash(want);
	assert_memory_equal(got.bytes, w.bytes, sizeof w.bytes);
}

static void rfc6962_hashes(void **state)
{
	(void)state;
	uint8_t data[64];
	unsigned count = 0;
	json_t *d = vectors_load("merkle/rfc6962-hasher.json");
	const json_t *leaves = vectors_array(d, "leaf"), *node = json_array_get(vectors_array(d, "node"), 0);
	same(hash_of(BYTES(NULL, 0)), vectors_text(d, "empty_root"));
	for (size_t i = 0; i < json_array_size(leaves); i++, count++) {
		const json_t *leaf = json_array_get(leaves, i);
		size_t len = vectors_hex(vectors_text(leaf, "data_hex"), data, sizeof data);
		same(hash_leaf(BYTES(data, len)), vectors_text(leaf, "hash"));
	}
	/* its node has children that are no hashes, so only the bytes can be compared */
	uint8_t pair[1 + 64] = {1};
	size_t len = 1 + vectors_hex(vectors_text(node, "left_hex"), pair + 1, 32);
	len += vectors_hex(vectors_text(node, "right_hex"), pair + len, 32);
	same(hash_of(BYTES(pair, len)), vectors_text(node, "hash"));
	json_decref(d);
	printf("rfc6962: %u leaves\n", count);
	assert_true(count > 0);
}

/* --- certificate-transparency's tree of 8 leaves: both directions, made and checked --- */

#define CT_LEAVES 8u
static struct hash ct_leaves[CT_LEAVES];
static struct head ct_heads[CT_LEAVES + 1];

static enum err ct_read(
        void *context, enum proof_level level, uint64_t from, uint32_t count, struct hash *out)
{
	(void)context;
	assert_true(level == PROOF_LEAVES && from + count <= CT_LEAVES);
	memcpy(out, ct_leaves + from, count * sizeof *out);
	return ERR_OK;
}

static void ct_load(const json_t *d)
{
	uint8_t data[64];
	struct hash unused;
	struct tree tree;
	const json_t *leaves = vectors_array(d, "leaf_inputs_hex"),
	             *roots = vectors_array(d, "roots_by_size_1_to_8");
	tree_init(&tree);
	for (size_t i = 0; i < CT_LEAVES; i++) {
		size_t len = vectors_hex(json_string_value(json_array_get(leaves, i)), data, sizeof data);
		ct_leaves[i] = hash_leaf(BYTES(data, len));
		(void)tree_append(&tree, &ct_leaves[i], &unused);
		ct_heads[i + 1] = (struct head){.size = i + 1, .root = tree_root(&tree)};
		same(ct_heads[i + 1].root, json_string_value(json_array_get(roots, i)));
	}
}

static void same_proof(const struct proof *got, const json_t *want)
{
	assert_int_equal(got->count, json_array_size(want));
	for (uint32_t i = 0; i < got->count; i++)
		same(got->hashes[i], json_string_value(json_array_get(want, i)));
}

static void ct_inclusion(const json_t *c)
{
	static const struct proof_source source = {.read = ct_read};
	uint64_t leaf = vectors_number(c, "leaf_1based"), size = vectors_number(c, "tree_size");
	struct proof p;
	if (leaf == 0)
		return;
	assert_int_equal(proof_inclusion(&source, leaf - 1, size, &p), ERR_OK);
	same_proof(&p, vectors_array(c, "path"));
	assert_int_equal(proof_check_inclusion(&p, leaf - 1, &ct_leaves[leaf - 1], &ct_heads[size]), ERR_OK);
}

static void ct_consistency(const json_t *c)
{
	static const struct proof_source source = {.read = ct_read};
	uint64_t m = vectors_number(c, "size1"), n = vectors_number(c, "size2");
	struct proof p;
	assert_int_equal(proof_consistency(&source, m, n, PROOF_FIRST_AS_RFC, &p), ERR_OK);
	same_proof(&p, vectors_array(c, "proof"));
	assert_int_equal(proof_check_consistency(&p, &ct_heads[m], &ct_heads[n]), ERR_OK);
}

static void ct_reference_tree(void **state)
{
	(void)state;
	json_t *d = vectors_load("merkle/ct-reference-tree.json");
	const json_t *paths = vectors_array(d, "inclusion_paths"), *proofs = vectors_array(d, "consistency");
	ct_load(d);
	for (size_t i = 0; i < json_array_size(paths); i++)
		ct_inclusion(json_array_get(paths, i));
	for (size_t i = 0; i < json_array_size(proofs); i++)
		ct_consistency(json_array_get(proofs, i));
	printf("ct reference tree: 8 roots, %zu paths, %zu proofs\n", json_array_size(paths),
	        json_array_size(proofs));
	assert_true(json_array_size(paths) > 1 && json_array_size(proofs) > 1);
	json_decref(d);
}

int main(void)
{
	if (!vectors_there("merkle"))
		return vectors_skip("merkle");
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(transparency_dev),
	        cmocka_unit_test(sigsum),
	        cmocka_unit_test(rfc6962_hashes),
	        cmocka_unit_test(ct_reference_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
