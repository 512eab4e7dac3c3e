/* lib-second.h - what roots_none.c is compiled with to have a second data segment. */
extern char *second_lo, *second_hi; /* of second-segment.c */
