/* SPDX-License-Identifier: Apache-2.0
 * net_end.c: how nodes of a net end and what is left of them then: crashes, old copies, clones, lost disks, and the copy
 * of the mark, which outlives all but its own loss. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "node/fence.h"
#include "support/net_int.h"

static void copy_file(const char *from, const char *to)
{
	char buf[65536];
	size_t n;
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	must(in && out);
	while ((n = fread(buf, 1, sizeof buf, in)) > 0)
		must(fwrite(buf, 1, n, out) == n);
	must(fclose(in) == 0 && fclose(out) == 0);
}

#define PATH_BYTES 128u
static void path_of(const struct net *net, uint32_t index, const char *name, char out[PATH_BYTES])
{
	int len = snprintf(out, PATH_BYTES, "%s/%s", net->nodes[index].home, name);
	must(len > 0 && (size_t)len < PATH_BYTES);
}

static void copy_store(struct net *net, uint32_t index, const char *name, bool back)
{
	char data[PATH_BYTES], copy[PATH_BYTES];
	path_of(net, index, "store/data.mdb", data);
	path_of(net, index, name, copy);
	copy_file(back ? copy : data, back ? data : copy);
}

/* Nobody hears of these jobs' ends. Those that were not run are run now, so that their memory is freed; what they wrote
 * is put back by the caller. */
static void bury_jobs(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	while (n->jobs_count > 0) {
		struct net_job j = n->jobs[--n->jobs_count];
		if (j.ran)
			net->unsaid++;
		else
			net->unrun++;
		if (!j.ran)
			job_run(j.job);
		node_job_done(n->node, j.job);
	}
}

void net_crash(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	const struct net_mark mark = n->mark;
	bool unrun = false;
	n->crash_in = 0;
	net_link_crash(net, index);
	for (uint32_t i = 0; i < n->jobs_count; i++)
		unrun |= !n->jobs[i].ran;
	if (unrun)
		copy_store(net, index, "crashed", false);
	net->turn = index;
	bury_jobs(net, index);
	net_leave(net);
	node_free(n->node);
	n->node = NULL;
	store_close(n->store);
	n->store = NULL;
	n->mark = mark;
	if (unrun)
		copy_store(net, index, "crashed", true);
}

void net_backup(struct net *net, uint32_t index)
{
	copy_store(net, index, "copy", false);
}

void net_restore(struct net *net, uint32_t index)
{
	must(!net->nodes[index].store);
	copy_store(net, index, "copy", true);
}

void net_lose(struct net *net, uint32_t index)
{
	struct net_node *n = &net->nodes[index];
	struct txn *txn;
	must(!n->store);
	must(nftw(n->home, net_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
	net->turn = index;
	net_make_store(net, n);
	net_set_network(net, n);
	must(txn_write(n->store, &txn) == ERR_OK);
	own_trust_set(txn, OWN_RESTORED);
	must(txn_commit(txn) == ERR_OK);
	net_leave(net);
	n->mark.kept = false; /* it went by the store's name */
	store_close(n->store);
	n->store = NULL;
}

uint32_t net_clone(struct net *net, uint32_t index)
{
	char from[PATH_BYTES], to[PATH_BYTES];
	uint32_t clone = net_make(net, &net->nodes[index].keys);
	store_close(net->nodes[clone].store);
	net->nodes[clone].store = NULL;
	path_of(net, index, "store/data.mdb", from);
	path_of(net, clone, "store/data.mdb", to);
	copy_file(from, to);
	return clone;
}

static enum err write_copy(void *context, uint64_t generation, const struct head *mark)
{
	struct net_node *n = context;
	if (n->crash_at_copy) {
		n->crash_at_copy = false;
		n->crash_in = 1;
		n->net->uncopied++;
		return ERR_IO;
	}
	if (n->copy_fails)
		return ERR_IO;
	if (n->mark.kept && n->mark.generation > generation)
		return ERR_RESTORED;
	n->mark = (struct net_mark){.kept = true, .generation = generation, .head = *mark};
	return ERR_OK;
}

void net_mark_judge(struct net *net, uint32_t index, struct node_options *out)
{
	struct net_node *n = &net->nodes[index];
	struct fence_answer answer;
	const struct fence_seen seen = {.copy = n->mark.kept ? FENCE_COPY_READ : FENCE_COPY_MISSING,
	        .generation = n->mark.generation,
	        .mark = n->mark.head,
	        .place = hash_of(BYTES((const uint8_t *)&n->place, sizeof n->place))};
	n->net = net;
	must(fence_judge(n->store, &seen, &answer) == ERR_OK);
	out->mark_copy = write_copy;
	out->mark_context = n;
	out->mark_copy_size = answer.copy_size;
	if (!answer.writes)
		return;
	n->mark = (struct net_mark){.kept = true, .generation = answer.generation, .head = answer.mark};
	must(fence_written(n->store) == ERR_OK);
}
