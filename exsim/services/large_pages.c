/* Memory for Python's objects in large pages, where the system has them: large(). */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

#ifdef MADV_HUGEPAGE
#define ARENA (1 << 20)           /* bytes that CPython asks for at once, since 3.10 */
#define ARENAS 64                 /* of a region: one bit each */
#define REGION ((size_t)ARENA * ARENAS)
#define LARGE ((size_t)2 << 20)   /* bytes of a large page; a region begins with one */
#define REGIONS 1024              /* more memory than those have is as it ever was */

static struct {
    char *begin;
    uint64_t idle;                /* arenas that are not used: a bit each */
} regions[REGIONS];
static int count;
static PyObjectArenaAllocator before;

/* A region more; 0 where there is none to be had. */
static int
grow(void)
{
    char *found;
    size_t odd;

    if (count == REGIONS)
        return 0;
    found = mmap(NULL, REGION + LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED)
        return 0;
    odd = LARGE - (uintptr_t)found % LARGE;
    munmap(found, odd);           /* a region begins with a large page: what is around it goes */
    if (odd < LARGE)
        munmap(found + odd + REGION, LARGE - odd);
    found += odd;
    madvise(found, REGION, MADV_HUGEPAGE);  /* where it is refused, the pages are small */
    regions[count].begin = found;
    regions[count].idle = UINT64_MAX;
    count++;
    return 1;
}

static void *
take(void *context, size_t size)
{
    int at;

    if (size != ARENA)
        return before.alloc(before.ctx, size);
    for (at = 0; at < count && !regions[at].idle; at++)
        ;
    if (at == count && !grow())
        return before.alloc(before.ctx, size);
    int which = __builtin_ctzll(regions[at].idle);
    regions[at].idle &= ~(UINT64_C(1) << which);
    return regions[at].begin + (size_t)which * ARENA;
}

static void
give_back(void *context, void *arena, size_t size)
{
    for (int at = 0; at < count; at++) {
        uintptr_t offset = (uintptr_t)arena - (uintptr_t)regions[at].begin;
        if (offset < REGION) {
            madvise(arena, size, MADV_DONTNEED);  /* the system has its memory */
            regions[at].idle |= UINT64_C(1) << offset / ARENA;
            return;
        }
    }
    before.free(before.ctx, arena, size);
}
#endif

static PyObject *
large(PyObject *module, PyObject *nothing)
{
#ifdef MADV_HUGEPAGE
    PyObjectArenaAllocator now;

    PyObject_GetArenaAllocator(&now);
    if (now.alloc != take) {
        before = now;
        now.ctx = NULL;
        now.alloc = take;
        now.free = give_back;
        PyObject_SetArenaAllocator(&now);
    }
    Py_RETURN_TRUE;
#else
    Py_RETURN_FALSE;
#endif
}

static PyMethodDef methods[] = {
    {"large", large, METH_NOARGS, "Have the objects that are made from now on in large pages."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_large_pages", "Memory in large pages.", -1, methods,
};

PyMODINIT_FUNC
PyInit__large_pages(void)
{
    return PyModule_Create(&module);
}
