/* mail.h - messages of collected memory handed from thread to thread.
 *
 * A message is a list of parts that describe themselves, so that whoever
 * receives one can tell whether it is whole.  Mailboxes are static words.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MAIL_H
#define MAIL_H

#include "check.h"

#define MAIL_BOXES 64
#define MAIL_MAGIC 0x4D41494Cu

struct mail {
    struct mail *next;
    unsigned char *body; /* pointer-free */
    unsigned magic, seed, length, left;
};

static struct mail *mail_box[MAIL_BOXES];

static struct mail *mail_write(check_rng *r)
{
    unsigned parts = 1 + check_below(r, 20), i, k;
    struct mail *first = NULL;

    for (i = 0; i < parts; i++) {
        struct mail *p = (struct mail *)GC_malloc(sizeof *p);

        if (p == NULL)
            return NULL;
        p->magic = MAIL_MAGIC;
        p->seed = (unsigned)check_rand(r);
        p->length = 1 + check_below(r, i == 0 && check_below(r, 50) == 0 ? 40000 : 200);
        p->left = i;
        p->body = (unsigned char *)GC_malloc_atomic(p->length);
        if (p->body == NULL)
            return NULL;
        for (k = 0; k < p->length; k++)
            p->body[k] = (unsigned char)(p->seed + k);
        GC_END_STUBBORN_CHANGE(p);
        p->next = first;
        first = p;
    }
    return first;
}

static int mail_whole(const struct mail *p)
{
    unsigned k;

    for (; p != NULL; p = p->next) {
        if (p->magic != MAIL_MAGIC || (p->next == NULL) != (p->left == 0)
            || (p->next != NULL && p->next->left != p->left - 1))
            return 0;
        for (k = 0; k < p->length; k++)
            if (p->body[k] != (unsigned char)(p->seed + k))
                return 0;
    }
    return 1;
}

/* Puts a message in a box; returns what lay there, now the caller's. */
static struct mail *mail_swap(unsigned box, struct mail *p)
{
    struct mail *old = __atomic_exchange_n(&mail_box[box % MAIL_BOXES], p, __ATOMIC_ACQ_REL);

    return old;
}

/* Gives the memory of a message back by hand. */
CHECK_UNUSED static void mail_burn(struct mail *p)
{
    while (p != NULL) {
        struct mail *next = p->next;

        GC_free(p->body);
        GC_free(p);
        p = next;
    }
}

/* One exchange: a new message for an old one, which is read and then kept,
 * dropped or burnt. */
CHECK_UNUSED CHECK_NOINLINE static void mail_exchange(check_rng *r)
{
    struct mail *p = mail_write(r), *old;

    EXPECT(p == NULL || mail_whole(p), "a new message is damaged");
    old = mail_swap(check_below(r, MAIL_BOXES), p);
    EXPECT(mail_whole(old), "a received message is damaged");
    if (check_below(r, 3) == 0)
        mail_burn(old);
    else if (check_below(r, 3) == 0)
        (void)mail_swap(check_below(r, MAIL_BOXES), old);
}

#endif /* MAIL_H */
