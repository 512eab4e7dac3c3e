/* prodcons.c - allocate here, free there: prodcons [pairs] [thousand messages]
 *
 * Pairs of threads with a bounded queue between them.  Messages are handed
 * over in packets; the consumer checks each one and frees it explicitly.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

#define PACKET 128
#define QUEUE 16
#define MAX_PAIRS (BENCH_MAX_THREADS / 2)

struct message {
    uint64_t number;
    uint32_t size_bytes, check;
};

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t filled, head;
    struct message *packets[QUEUE][PACKET];
};

static struct queue queues[MAX_PAIRS]; /* static data: messages under way stay alive */
static unsigned long packets_per_pair;

static uint32_t check_of(uint64_t number, uint32_t size_bytes)
{
    return (uint32_t)(number * 2654435761u) ^ size_bytes;
}

static void put(struct queue *q, struct message **packet)
{
    size_t tail;

    pthread_mutex_lock(&q->lock);
    while (q->filled == QUEUE)
        pthread_cond_wait(&q->changed, &q->lock);
    tail = (q->head + q->filled) % QUEUE;
    memcpy(q->packets[tail], packet, PACKET * sizeof *packet);
    q->filled++;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static void get(struct queue *q, struct message **packet)
{
    pthread_mutex_lock(&q->lock);
    while (q->filled == 0)
        pthread_cond_wait(&q->changed, &q->lock);
    memcpy(packet, q->packets[q->head], PACKET * sizeof *packet);
    memset(q->packets[q->head], 0, PACKET * sizeof *packet);
    q->head = (q->head + 1) % QUEUE;
    q->filled--;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static void produce(struct queue *q, uint64_t seed)
{
    struct message *packet[PACKET];
    uint64_t number = 0;
    unsigned long i;
    size_t k;

    for (i = 0; i < packets_per_pair; i++) {
        for (k = 0; k < PACKET; k++) {
            uint32_t size_bytes = (uint32_t)bench_log_size(&seed, 16, 512);
            struct message *m = bench_need(GC_MALLOC(size_bytes));

            if (m->number != 0 || m->size_bytes != 0)
                bench_fail("new message %p is not clear", (void *)m);
            m->number = ++number;
            m->size_bytes = size_bytes;
            m->check = check_of(number, size_bytes);
            packet[k] = m;
        }
        put(q, packet);
    }
}

static uint64_t consume(struct queue *q)
{
    struct message *packet[PACKET];
    uint64_t number = 0, work = 0;
    unsigned long i;
    size_t k;

    for (i = 0; i < packets_per_pair; i++) {
        get(q, packet);
        for (k = 0; k < PACKET; k++) {
            struct message *m = packet[k];

            if (m->number != ++number || m->check != check_of(number, m->size_bytes))
                bench_fail("message %" PRIu64 " (%p) is damaged", number, (void *)m);
            work += m->size_bytes;
            m->number = 0;
            m->check = 0;
            GC_FREE(m);
        }
    }
    return work;
}

static void *worker(void *arg)
{
    struct bench_thread *self = arg;
    struct queue *q = &queues[self->number / 2];

    if (self->number % 2 == 0)
        produce(q, self->number);
    else
        self->work = consume(q);
    return NULL;
}

int main(int argc, char **argv)
{
    unsigned pairs, i;
    uint64_t work;

    bench_init("prodcons");
    pairs = (unsigned)bench_arg(argc, argv, 1, 1);
    packets_per_pair = bench_arg(argc, argv, 2, 10000) * 1000 / PACKET;
    if (pairs < 1 || pairs > MAX_PAIRS)
        bench_fail("pairs must be 1..%d", MAX_PAIRS);
    for (i = 0; i < pairs; i++) {
        pthread_mutex_init(&queues[i].lock, NULL);
        pthread_cond_init(&queues[i].changed, NULL);
    }
    work = bench_run_threads(2 * pairs, worker);
    bench_done(work, "");
    return 0;
}
