/* SPDX-License-Identifier: Apache-2.0
 * probe.c: nothing of its own; linked with the whole of one layer, it shows that the layer needs no other. */
int main(void)
{
	return 0;
}
