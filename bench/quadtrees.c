/* quadtrees.c - pictures as region quad trees: quadtrees [frames] [log2 side]
 *
 * Every frame draws a disc and a set of stripes as trees whose uniform
 * quadrants collapse into one leaf, then builds their union, intersection and
 * complement.  The last frames stay alive.  Areas must agree with the pixels
 * drawn and with each other.
 *
 * SPDX-License-Identifier: MIT
 */
#include "benchlib.h"

enum colour { WHITE, BLACK, GREY };

struct quad {
    struct quad *child[4]; /* of a GREY one only */
    enum colour colour;
};

#define KEPT_FRAMES 16

static uint64_t pixels_drawn; /* black ones, counted while drawing */
static struct quad *kept_frames[KEPT_FRAMES];
static uint64_t kept_areas[KEPT_FRAMES];

typedef int (*inside_fn)(int x, int y, int parameter);

static int inside_disc(int x, int y, int frame)
{
    int cx = 150 + frame * 3 % 400, cy = 200 + frame * 5 % 300, r = 90 + frame % 64;

    return (x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r;
}

static int inside_stripes(int x, int y, int frame)
{
    return ((x + 2 * y + frame) / 48) % 3 == 0;
}

static struct quad *leaf(enum colour c)
{
    struct quad *q = bench_need(GC_MALLOC(sizeof(struct quad)));

    q->colour = c;
    return q;
}

/* Four quadrants as one node, or as one leaf when they are alike. */
static struct quad *join(struct quad *a, struct quad *b, struct quad *c, struct quad *d)
{
    struct quad *q;

    if (a->colour != GREY && a->colour == b->colour && a->colour == c->colour
        && a->colour == d->colour)
        return leaf(a->colour);
    q = leaf(GREY);
    q->child[0] = a;
    q->child[1] = b;
    q->child[2] = c;
    q->child[3] = d;
    return q;
}

static struct quad *draw(inside_fn inside, int parameter, int x, int y, int side)
{
    struct quad *a, *b, *c, *d;
    int half = side / 2;

    if (side == 1) {
        int black = inside(x, y, parameter) != 0;

        pixels_drawn += (uint64_t)black;
        return leaf(black ? BLACK : WHITE);
    }
    a = draw(inside, parameter, x, y, half);
    b = draw(inside, parameter, x + half, y, half);
    c = draw(inside, parameter, x, y + half, half);
    d = draw(inside, parameter, x + half, y + half, half);
    return join(a, b, c, d);
}

static struct quad *copy(const struct quad *q)
{
    if (q->colour != GREY)
        return leaf(q->colour);
    return join(copy(q->child[0]), copy(q->child[1]), copy(q->child[2]), copy(q->child[3]));
}

/* Union for absorbing = BLACK, intersection for absorbing = WHITE. */
static struct quad *combine(const struct quad *a, const struct quad *b, enum colour absorbing)
{
    if (a->colour == absorbing || b->colour == absorbing)
        return leaf(absorbing);
    if (a->colour != GREY)
        return copy(b);
    if (b->colour != GREY)
        return copy(a);
    return join(
        combine(a->child[0], b->child[0], absorbing), combine(a->child[1], b->child[1], absorbing),
        combine(a->child[2], b->child[2], absorbing), combine(a->child[3], b->child[3], absorbing));
}

static struct quad *complement(const struct quad *q)
{
    if (q->colour != GREY)
        return leaf(q->colour == BLACK ? WHITE : BLACK);
    return join(complement(q->child[0]), complement(q->child[1]), complement(q->child[2]),
                complement(q->child[3]));
}

static uint64_t area(const struct quad *q, uint64_t side)
{
    switch (q->colour) {
    case WHITE:
        return 0;
    case BLACK:
        return side * side;
    case GREY:
        return area(q->child[0], side / 2) + area(q->child[1], side / 2)
               + area(q->child[2], side / 2) + area(q->child[3], side / 2);
    }
    bench_fail("quad %p has colour %d", (const void *)q, (int)q->colour);
}

static uint64_t one_frame(int frame, int side)
{
    struct quad *disc, *stripes, *both, *either;
    uint64_t disc_area, stripes_area, both_area, either_area,
        whole = (uint64_t)side * (uint64_t)side;

    pixels_drawn = 0;
    disc = draw(inside_disc, frame, 0, 0, side);
    disc_area = area(disc, (uint64_t)side);
    stripes = draw(inside_stripes, frame, 0, 0, side);
    stripes_area = area(stripes, (uint64_t)side);
    if (disc_area + stripes_area != pixels_drawn)
        bench_fail("frame %d: area %" PRIu64 "+%" PRIu64 ", drawn %" PRIu64, frame, disc_area,
                   stripes_area, pixels_drawn);
    both = combine(disc, stripes, WHITE);
    either = combine(disc, stripes, BLACK);
    both_area = area(both, (uint64_t)side);
    either_area = area(either, (uint64_t)side);
    if (both_area + either_area != disc_area + stripes_area)
        bench_fail("frame %d: union and intersection do not add up", frame);
    if (area(complement(either), (uint64_t)side) != whole - either_area)
        bench_fail("frame %d: complement is wrong", frame);
    kept_frames[frame % KEPT_FRAMES] = either;
    kept_areas[frame % KEPT_FRAMES] = either_area;
    return bench_mix(both_area, either_area);
}

int main(int argc, char **argv)
{
    int frame, frames, side;
    uint64_t work = 0;

    bench_init("quadtrees");
    frames = (int)bench_arg(argc, argv, 1, 50);
    side = 1 << bench_arg(argc, argv, 2, 9);
    for (frame = 0; frame < frames; frame++)
        work = bench_mix(work, one_frame(frame, side));
    for (frame = 0; frame < KEPT_FRAMES && frame < frames; frame++)
        if (area(kept_frames[frame], (uint64_t)side) != kept_areas[frame])
            bench_fail("kept frame %d is damaged", frame);
    bench_done(work, "");
    return 0;
}
