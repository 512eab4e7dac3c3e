/* lib-tls.c - loaded by tests: a library with thread-local variables. */
static __thread void *lib_tls[64];

void **lib_tls_place(void);

void **lib_tls_place(void)
{
    return lib_tls;
}
