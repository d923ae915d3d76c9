/* The hot part of exsim.journal.format in C: batch() makes a batch of entries as Encoder does, and
 * entries() takes one apart.
 *
 * Where entries are of more endpoints and sessions than it keeps in mind, or are odd, it gives None,
 * and Python, which also knows what is wrong, makes the batch.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include "../model/attribute.h"
#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#define FOLDS 1               /* it is known how to have the processor fold data, where it can */
#endif

#define HEAD 32               /* bytes of the head of a batch; a checksum covers all but the first 8 */
#define NAMES 16              /* pairs of origin and session in a batch */
#define ENTRIES 512           /* entries of a batch */
#define MOST_BYTES (8 << 20)  /* as in Python: a batch is closed once its data is so long */

static uint32_t sums[8][256];

static void
make_sums(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t sum = i;
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320u : 0);
        sums[0][i] = sum;
    }
    for (uint32_t i = 0; i < 256; i++)
        for (int table = 1; table < 8; table++)
            sums[table][i] = sums[table - 1][i] >> 8 ^ sums[0][sums[table - 1][i] & 0xFF];
}

static uint32_t
little(const unsigned char *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The state of a CRC-32 after more data. */
static uint32_t
sum_on(uint32_t sum, const unsigned char *at, Py_ssize_t size)
{
    for (; size >= 8; size -= 8, at += 8) {
        uint32_t low = sum ^ little(at), high = little(at + 4);
        sum = sums[7][low & 0xFF] ^ sums[6][low >> 8 & 0xFF] ^ sums[5][low >> 16 & 0xFF]
              ^ sums[4][low >> 24] ^ sums[3][high & 0xFF] ^ sums[2][high >> 8 & 0xFF]
              ^ sums[1][high >> 16 & 0xFF] ^ sums[0][high >> 24];
    }
    while (size-- > 0)
        sum = sum >> 8 ^ sums[0][(sum ^ *at++) & 0xFF];
    return sum;
}

#ifdef FOLDS
#define LANE 16               /* bytes that are folded at once; four lanes are at work */

static int folds;             /* whether this processor multiplies without carries */

/* Data before, moved on by so many bits as a pair of constants says, and what is there. */
__attribute__((target("pclmul,sse4.1"))) static __m128i
folded(__m128i before, __m128i pair, __m128i there)
{
    __m128i low = _mm_clmulepi64_si128(before, pair, 0x00);
    __m128i high = _mm_clmulepi64_si128(before, pair, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

/* The same state after data of 64 bytes or more, in whole lanes. The constants are remainders of
 * powers of x by the polynomial, reflected: 4 lanes on, 1 lane on, half a lane, and of Barrett. */
__attribute__((target("pclmul,sse4.1"))) static uint32_t
sum_folded(uint32_t sum, const unsigned char *at, Py_ssize_t size)
{
    const __m128i four = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
    const __m128i one = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
    const __m128i half = _mm_set_epi64x(0, 0x163cd6124);
    const __m128i barrett = _mm_set_epi64x(0x1f7011641, 0x1db710641);
    const __m128i words = _mm_setr_epi32(~0, 0, ~0, 0);
    const __m128i *from = (const __m128i *)at, *end = (const __m128i *)(at + size);
    __m128i lanes[4], last, part;
    for (int i = 0; i < 4; i++)
        lanes[i] = _mm_loadu_si128(from++);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)sum));
    for (; end - from >= 4; from += 4)
        for (int i = 0; i < 4; i++)
            lanes[i] = folded(lanes[i], four, _mm_loadu_si128(from + i));
    last = lanes[0];
    for (int i = 1; i < 4; i++)
        last = folded(last, one, lanes[i]);
    while (from < end)
        last = folded(last, one, _mm_loadu_si128(from++));
    last = _mm_xor_si128(_mm_srli_si128(last, 8), _mm_clmulepi64_si128(last, one, 0x10));
    part = _mm_clmulepi64_si128(_mm_and_si128(last, words), half, 0x00);
    last = _mm_xor_si128(_mm_srli_si128(last, 4), part);
    part = _mm_clmulepi64_si128(_mm_and_si128(last, words), barrett, 0x10);
    part = _mm_clmulepi64_si128(_mm_and_si128(part, words), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(last, part), 1);
}
#endif

/* CRC-32 as zlib has it. */
static uint32_t
crc32_of(const unsigned char *at, Py_ssize_t size)
{
    uint32_t sum = 0xFFFFFFFFu;
#ifdef FOLDS
    if (folds && size >= 4 * LANE) {
        Py_ssize_t whole = size - size % LANE;
        sum = sum_folded(sum, at, whole);
        at += whole;
        size -= whole;
    }
#endif
    return ~sum_on(sum, at, size);
}

static char *
put(char *at, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        at[i] = (char)(number >> 8 * i & 0xFF);
    return at + bytes;
}

static Attribute of_seq, of_time, of_kind, of_origin, of_session, of_data;

/* What a batch is made of; all objects are held. */
typedef struct {
    PyObject *origins[NAMES], *sessions[NAMES], *datas[ENTRIES];
    const char *origin_texts[NAMES], *session_texts[NAMES];
    Py_ssize_t origin_sizes[NAMES], session_sizes[NAMES];
    uint64_t words[2 * ENTRIES];
    Py_ssize_t names, count, names_size, data_size;
} Gathered;

static int
same_text(PyObject *one, PyObject *other)
{
    return one == other || PyUnicode_Compare(one, other) == 0;
}

/* The number of an entry's names, added if they are new; -1 where they are odd or too many. */
static Py_ssize_t
names_of(PyObject *entry, Gathered *all)
{
    PyObject *origin = value_of(entry, &of_origin);
    PyObject *session = value_of(entry, &of_session);
    Py_ssize_t number = -1, at = all->names;
    if (origin == NULL || session == NULL || !PyUnicode_CheckExact(origin)
        || !PyUnicode_CheckExact(session))
        goto done;
    for (Py_ssize_t i = 0; i < all->names && number < 0; i++)
        if (same_text(session, all->sessions[i]) && same_text(origin, all->origins[i]))
            number = i;
    if (number >= 0 || at == NAMES)
        goto done;
    all->origin_texts[at] = PyUnicode_AsUTF8AndSize(origin, &all->origin_sizes[at]);
    all->session_texts[at] = PyUnicode_AsUTF8AndSize(session, &all->session_sizes[at]);
    if (all->origin_texts[at] == NULL || all->session_texts[at] == NULL)
        goto done;  /* no UTF-8, which Python sees to */
    all->origins[at] = Py_NewRef(origin);
    all->sessions[at] = Py_NewRef(session);
    all->names_size += 8 + all->origin_sizes[at] + all->session_sizes[at];
    number = all->names++;
done:
    Py_XDECREF(origin);
    Py_XDECREF(session);
    return number;
}

/* Take one more entry; 0 where it is odd, with or without an exception. */
static int
gather(PyObject *entry, Gathered *all)
{
    long long time, kind;
    Py_ssize_t name = names_of(entry, all), size;
    PyObject *data;
    if (name < 0 || number_of(entry, &of_time, &time) < 0
        || number_of(entry, &of_kind, &kind) < 0 || kind < 0 || kind > 0xFF)
        return 0;
    data = value_of(entry, &of_data);
    if (data == NULL || !PyBytes_Check(data) || PyBytes_GET_SIZE(data) >= (Py_ssize_t)1 << 31) {
        Py_XDECREF(data);
        return 0;
    }
    size = PyBytes_GET_SIZE(data);
    all->words[2 * all->count] = (uint64_t)time;
    all->words[2 * all->count + 1] = (uint64_t)kind | (uint64_t)name << 8 | (uint64_t)size << 32;
    all->datas[all->count++] = data;
    all->data_size += size;
    return 1;
}

static PyObject *
written(const Gathered *all, long long first)
{
    Py_ssize_t body = all->names_size + 16 * all->count + all->data_size;
    PyObject *result = PyBytes_FromStringAndSize(NULL, HEAD + body);
    char *start, *at;
    if (result == NULL)
        return NULL;
    start = PyBytes_AS_STRING(result);
    memcpy(start, "XBAT", 4);
    at = put(start + 8, (uint64_t)first, 8);
    at = put(at, (uint64_t)all->count, 4);
    at = put(at, (uint64_t)all->names_size, 4);
    at = put(at, (uint64_t)body, 8);
    for (Py_ssize_t i = 0; i < all->names; i++) {
        at = put(at, (uint64_t)all->origin_sizes[i], 4);
        at = put(at, (uint64_t)all->session_sizes[i], 4);
        memcpy(at, all->origin_texts[i], all->origin_sizes[i]);
        at += all->origin_sizes[i];
        memcpy(at, all->session_texts[i], all->session_sizes[i]);
        at += all->session_sizes[i];
    }
    for (Py_ssize_t i = 0; i < 2 * all->count; i++)
        at = put(at, all->words[i], 8);
    for (Py_ssize_t i = 0; i < all->count; i++) {
        Py_ssize_t size = PyBytes_GET_SIZE(all->datas[i]);
        memcpy(at, PyBytes_AS_STRING(all->datas[i]), size);
        at += size;
    }
    put(start + 4, crc32_of((const unsigned char *)start + 8, HEAD + body - 8), 4);
    return result;
}

/* batch(entries, start): the bytes of a batch, and how many entries it took; or None. */
static PyObject *
batch(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count)
{
    Gathered all;
    PyObject *result = NULL, *data;
    Py_ssize_t start, end;
    long long first = 0;
    int odd = 0;

    if (argument_count != 2 || !PyList_CheckExact(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "batch() takes a list and an index");
        return NULL;
    }
    start = PyLong_AsSsize_t(arguments[1]);
    if (start == -1 && PyErr_Occurred())
        return NULL;
    end = PyList_GET_SIZE(arguments[0]);
    if (start < 0 || start >= end || end - start > ENTRIES)
        Py_RETURN_NONE;
    all.names = all.count = all.names_size = all.data_size = 0;
    if (number_of(PyList_GET_ITEM(arguments[0], start), &of_seq, &first) < 0 || first < 0)
        odd = 1;
    for (Py_ssize_t i = start; i < end && !odd && all.data_size < MOST_BYTES; i++)
        odd = !gather(PyList_GET_ITEM(arguments[0], i), &all);
    if (odd) {
        PyErr_Clear();
        result = Py_NewRef(Py_None);
    }
    else if ((data = written(&all, first)) != NULL)
        result = Py_BuildValue("(Nn)", data, all.count);
    for (Py_ssize_t i = 0; i < all.names; i++) {
        Py_DECREF(all.origins[i]);
        Py_DECREF(all.sessions[i]);
    }
    for (Py_ssize_t i = 0; i < all.count; i++)
        Py_DECREF(all.datas[i]);
    return result;
}

static uint64_t
taken(const unsigned char *at)
{
    return (uint64_t)little(at) | (uint64_t)little(at + 4) << 32;
}

/* The next number of a list, the same object as the last one where it is the same. */
static PyObject *
next_number(PyObject *list, Py_ssize_t index, long long number, long long last)
{
    if (index > 0 && number == last)
        return Py_NewRef(PyList_GET_ITEM(list, index - 1));
    return PyLong_FromLongLong(number);
}

/* entries(data, words, count): the times of the entries whose words begin at that offset; their kinds,
 * each with the number of its names above it; and their data. None where the data end before. */
static PyObject *
entries(PyObject *module, PyObject *const *arguments, Py_ssize_t argument_count)
{
    PyObject *times, *whats, *datas, *result = NULL;
    const unsigned char *words;
    long long last_time = 0, last_what = 0;
    Py_ssize_t start, count, at, size;

    if (argument_count != 3 || !PyBytes_CheckExact(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "entries() takes bytes, an offset and a number");
        return NULL;
    }
    start = PyLong_AsSsize_t(arguments[1]);
    count = PyLong_AsSsize_t(arguments[2]);
    if (PyErr_Occurred())
        return NULL;
    size = PyBytes_GET_SIZE(arguments[0]);
    if (start < 0 || start > size || count < 0 || count > (size - start) / 16)
        Py_RETURN_NONE;
    words = (const unsigned char *)PyBytes_AS_STRING(arguments[0]) + start;
    at = start + 16 * count;
    times = PyList_New(count);
    whats = PyList_New(count);
    datas = PyList_New(count);
    if (times == NULL || whats == NULL || datas == NULL)
        goto done;
    for (Py_ssize_t i = 0; i < count; i++, words += 16) {
        long long time = (long long)taken(words), what = little(words + 8);
        Py_ssize_t length = little(words + 12);
        PyObject *one, *other, *data;
        if (length > size - at) {
            result = Py_NewRef(Py_None);
            goto done;
        }
        one = next_number(times, i, time, last_time);
        other = next_number(whats, i, what, last_what);
        data = PyBytes_FromStringAndSize(PyBytes_AS_STRING(arguments[0]) + at, length);
        PyList_SET_ITEM(times, i, one);
        PyList_SET_ITEM(whats, i, other);
        PyList_SET_ITEM(datas, i, data);
        if (one == NULL || other == NULL || data == NULL)
            goto done;
        last_time = time;
        last_what = what;
        at += length;
    }
    result = PyTuple_Pack(3, times, whats, datas);
done:
    Py_XDECREF(times);
    Py_XDECREF(whats);
    Py_XDECREF(datas);
    return result;
}

static PyMethodDef methods[] = {
    {"batch", (PyCFunction)(void (*)(void))batch, METH_FASTCALL, "A batch, and its entries."},
    {"entries", (PyCFunction)(void (*)(void))entries, METH_FASTCALL, "What a batch is made of."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_codec", "The hot part of exsim.journal.", -1, methods,
};

PyMODINIT_FUNC
PyInit__codec(void)
{
    make_sums();
#ifdef FOLDS
    folds = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
#endif
    of_seq.name = PyUnicode_InternFromString("seq");
    of_time.name = PyUnicode_InternFromString("time");
    of_kind.name = PyUnicode_InternFromString("kind");
    of_origin.name = PyUnicode_InternFromString("origin");
    of_session.name = PyUnicode_InternFromString("session");
    of_data.name = PyUnicode_InternFromString("data");
    if (!of_seq.name || !of_time.name || !of_kind.name || !of_origin.name || !of_session.name
        || !of_data.name)
        return NULL;
    return PyModule_Create(&module);
}
