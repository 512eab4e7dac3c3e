/* filter.c - which words of a stretch of memory could point into the heap.
 *
 * A conservative scan is mostly a search for the few words within the heap's bounds. The
 * vector versions compare several words at once; configure needs no flag, the CPU is asked at
 * start. The portable version is always built and is what the others are tested against.
 *
 * [order]  Candidates are given in the order of their addresses.
 * [once-read] A word is loaded once: what is given is what was compared, though the program may
 *          be writing.
 * [ahead]  A stretch of the full length is a part of a long object or root: what comes a little later is asked
 *          for. The machine's own prefetcher stops at every page.
 * [clean]  The upper halves of the vector registers are zero again on return. Code for SSE, which is
 *          what most programs are, is several times slower while they are not; no compiler's word
 *          is taken for it, since some leave it out here.
 *
 * SPDX-License-Identifier: MIT
 */
#include "private/hot.h"

static GCI_NO_SANITIZE size_t filter_portable(const word *p, const word *end, word lo, word span,
                                              word *out)
{
    size_t n = 0;

    for (; p + 4 <= end; p += 4) {
        word a = gci_load(p), b = gci_load(p + 1), c = gci_load(p + 2), d = gci_load(p + 3);

        /* Branch-free: every word is stored, the index moves only for candidates. */
        out[n] = a;
        n += a - lo < span;
        out[n] = b;
        n += b - lo < span;
        out[n] = c;
        n += c - lo < span;
        out[n] = d;
        n += d - lo < span;
    }
    for (; p < end; p++) {
        out[n] = gci_load(p);
        n += out[n] - lo < span;
    }
    return n;
}

size_t (*gci_filter)(const word *p, const word *end, word lo, word span, word *out)
    = filter_portable;
const char *gci_filter_name = "portable";

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__ILP32__)
# include <immintrin.h>

# define AVX2   __attribute__((target("avx2,bmi,bmi2")))
# define AVX512 __attribute__((target("avx512f,avx512vl,bmi,bmi2,popcnt")))

# define AHEAD 256 /* words [ahead] */

static inline void ask_ahead(const word *p, size_t words)
{
    size_t i;

    for (i = 0; i < words; i += GCI_LINE_BYTES / sizeof(word))
        _mm_prefetch((const char *)(p + AHEAD + i), _MM_HINT_T0);
}

# define GIVEN(v) __asm__("" : "+v"(v)) /* [once-read]: it may not be loaded again */

/* Unsigned x - lo < span as a signed comparison: both sides moved by 2^63. */
AVX2 static inline unsigned hits_avx2(__m256i v, __m256i lo, __m256i span)
{
    return (unsigned)_mm256_movemask_pd(
        _mm256_castsi256_pd(_mm256_cmpgt_epi64(span, _mm256_sub_epi64(v, lo))));
}

AVX2 static inline void put_avx2(word *to, __m256i a, __m256i b, __m256i c, __m256i d)
{
    _mm256_storeu_si256((__m256i *)(void *)to, a);
    _mm256_storeu_si256((__m256i *)(void *)(to + 4), b);
    _mm256_storeu_si256((__m256i *)(void *)(to + 8), c);
    _mm256_storeu_si256((__m256i *)(void *)(to + 12), d);
}

AVX2 static inline GCI_NO_SANITIZE __m256i get_avx2(const word *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);

    GIVEN(v);
    return v;
}

AVX2 static GCI_NO_SANITIZE size_t
filter_avx2(const word *p, const word *end, word lo, word span, word *out)
{
    const __m256i vlo = _mm256_set1_epi64x((long long)(lo + ((word)1 << 63)));
    const __m256i vspan = _mm256_set1_epi64x((long long)(span ^ ((word)1 << 63)));
    const bool is_part = end - p >= GCI_FILTER_WORDS;
    word words[16];
    size_t n = 0;

    for (; p + 16 <= end; p += 16) {
        __m256i a = get_avx2(p), b = get_avx2(p + 4), c = get_avx2(p + 8), d = get_avx2(p + 12);
        unsigned hits = hits_avx2(a, vlo, vspan) | hits_avx2(b, vlo, vspan) << 4
                        | hits_avx2(c, vlo, vspan) << 8 | hits_avx2(d, vlo, vspan) << 12;

        if (is_part)
            ask_ahead(p, 16);
        if (hits == 0)
            continue;
        if (hits == 0xffff) { /* an array of pointers */
            put_avx2(out + n, a, b, c, d);
            n += 16;
            continue;
        }
        put_avx2(words, a, b, c, d);
        for (; hits != 0; hits &= hits - 1)
            out[n++] = words[__builtin_ctz(hits)];
    }
    for (; p + 4 <= end; p += 4) {
        __m256i a = get_avx2(p);
        unsigned hits = hits_avx2(a, vlo, vspan);

        _mm256_storeu_si256((__m256i *)(void *)words, a);
        for (; hits != 0; hits &= hits - 1)
            out[n++] = words[__builtin_ctz(hits)];
    }
    _mm256_zeroupper(); /* [clean] */
    return n + filter_portable(p, end, lo, span, out + n);
}

/* The hits are moved together in a register: no branch depends on them. */
AVX512 static inline size_t put_avx512(word *to, __mmask8 hits, __m512i v)
{
    _mm512_storeu_si512(to, _mm512_maskz_compress_epi64(hits, v));
    return (size_t)__builtin_popcount(hits);
}

AVX512 static inline GCI_NO_SANITIZE __m512i get_avx512(const word *p)
{
    __m512i v = _mm512_loadu_si512(p);

    GIVEN(v);
    return v;
}

AVX512 static GCI_NO_SANITIZE size_t
filter_avx512(const word *p, const word *end, word lo, word span, word *out)
{
    const __m512i vlo = _mm512_set1_epi64((long long)lo);
    const __m512i vspan = _mm512_set1_epi64((long long)span);
    const bool is_part = end - p >= GCI_FILTER_WORDS;
    size_t n = 0;

    for (; p + 32 <= end; p += 32) {
        __m512i a = get_avx512(p), b = get_avx512(p + 8);
        __m512i c = get_avx512(p + 16), d = get_avx512(p + 24);
        __mmask8 ha = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(a, vlo), vspan);
        __mmask8 hb = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(b, vlo), vspan);
        __mmask8 hc = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(c, vlo), vspan);
        __mmask8 hd = _mm512_cmplt_epu64_mask(_mm512_sub_epi64(d, vlo), vspan);

        if (is_part)
            ask_ahead(p, 32);
        if ((ha | hb | hc | hd) == 0)
            continue;
        n += put_avx512(out + n, ha, a);
        n += put_avx512(out + n, hb, b);
        n += put_avx512(out + n, hc, c);
        n += put_avx512(out + n, hd, d);
    }
    for (; p < end; p += 8) {
        __mmask8 here = end - p >= 8 ? 0xff : (__mmask8)((1u << (end - p)) - 1);
        __m512i v = _mm512_maskz_loadu_epi64(here, p);
        __mmask8 hits;

        GIVEN(v);
        hits = _mm512_mask_cmplt_epu64_mask(here, _mm512_sub_epi64(v, vlo), vspan);
        n += put_avx512(out + n, hits, v);
    }
    _mm256_zeroupper(); /* [clean] */
    return n;
}

void gci_filter_init(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2"))
        return;
    gci_filter = filter_avx2;
    gci_filter_name = "avx2";
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")) {
        gci_filter = filter_avx512;
        gci_filter_name = "avx512";
    }
}
#elif defined(__aarch64__) && defined(__ARM_NEON)
# include <arm_neon.h>

/* Every AArch64 machine has NEON. */
static GCI_NO_SANITIZE size_t filter_neon(const word *p, const word *end, word lo, word span,
                                          word *out)
{
    const uint64x2_t vlo = vdupq_n_u64(lo), vspan = vdupq_n_u64(span);
    size_t n = 0;

    for (; p + 8 <= end; p += 8) {
        const uint64_t *q = (const uint64_t *)p;
        uint64x2_t h0 = vcltq_u64(vsubq_u64(vld1q_u64(q), vlo), vspan);
        uint64x2_t h1 = vcltq_u64(vsubq_u64(vld1q_u64(q + 2), vlo), vspan);
        uint64x2_t h2 = vcltq_u64(vsubq_u64(vld1q_u64(q + 4), vlo), vspan);
        uint64x2_t h3 = vcltq_u64(vsubq_u64(vld1q_u64(q + 6), vlo), vspan);
        uint64x2_t any = vorrq_u64(vorrq_u64(h0, h1), vorrq_u64(h2, h3));

        if (vgetq_lane_u64(any, 0) | vgetq_lane_u64(any, 1))
            n += filter_portable(p, p + 8, lo, span, out + n);
    }
    return n + filter_portable(p, end, lo, span, out + n);
}

void gci_filter_init(void)
{
    gci_filter = filter_neon;
    gci_filter_name = "neon";
}
#else
void gci_filter_init(void)
{
}
#endif
