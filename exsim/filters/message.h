#ifndef EXSIM_FILTERS_MESSAGE_H
#define EXSIM_FILTERS_MESSAGE_H
/* A message of a journal as looks see it: its bytes, its fields, and what they are. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>
#include "../model/attribute.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define FEWEST 2  /* digits of a tag that may announce data */
#define MANY 4    /* digits of one that may, whichever it is */
#define EXACT 15  /* digits of a number that is a double as it is, and so is ten to their power */
#define WHOLE 30  /* digits of what is surely a number to filters, too: before the point */
#define PARTS 20  /* and after it */
#define LANE 16   /* bytes that are searched at once */

static Attribute of_kind, of_origin, of_session, of_data, of_seq, of_time;

static int
is_digit(char each)
{
    return each >= '0' && each <= '9';
}

static Py_ssize_t
digits_at(const char *at, const char *end, Py_ssize_t most)
{
    Py_ssize_t count = 0;
    while (count < most && at + count < end && is_digit(at[count]))
        count++;
    return count;
}

/* Whether a field that begins there may announce data, as the expression in plain.py has it: 90 93 95
 * 212 340 to 369 445 618 621, and whatever has many digits. */
static int
announces(const char *tag, const char *end)
{
    Py_ssize_t digits = tag < end && *tag == '0' ? 0 : digits_at(tag, end, MANY);
    if (digits == MANY)
        return 1;
    if (digits < FEWEST || tag + digits == end || tag[digits] != '=')
        return 0;
    if (digits == FEWEST)
        return tag[0] == '9' && (tag[1] == '0' || tag[1] == '3' || tag[1] == '5');
    return (tag[0] == '3' && tag[1] >= '4' && tag[1] <= '6') || memcmp(tag, "212", 3) == 0
           || memcmp(tag, "445", 3) == 0 || memcmp(tag, "618", 3) == 0
           || memcmp(tag, "621", 3) == 0;
}

/* An entry that is looked at. Its data are fetched, and delimiters found in them, once and when the
 * first look needs that. */
typedef struct {
    PyObject *entry, *data;   /* both are held; data is NULL before it is needed */
    char *whole, *end;        /* data between two delimiters, and a lane of zeros behind them */
    char *lower;              /* room for as much */
    Py_ssize_t *fields;       /* where delimiters are; the last begins no field */
    Py_ssize_t count, plain;  /* of these; how many begin before what may announce data */
    Py_ssize_t room;
    int out;                  /* which way it went */
} Message;

/* Have room for so many bytes, and as many fields. */
static int
make_room(Message *message, Py_ssize_t size)
{
    if (size <= message->room)
        return 0;
    message->room = 0;
    PyMem_Free(message->whole);
    PyMem_Free(message->lower);
    PyMem_Free(message->fields);
    message->whole = PyMem_Malloc(size);
    message->lower = PyMem_Malloc(size);
    message->fields = PyMem_Malloc(size * sizeof(*message->fields));
    if (message->whole == NULL || message->lower == NULL || message->fields == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    message->room = size;
    return 0;
}

/* Have its data there. */
static int
fetch(Message *message)
{
    if (message->data != NULL)
        return 0;
    message->data = value_of(message->entry, &of_data);
    if (message->data != NULL && PyBytes_Check(message->data))
        return 0;
    Py_CLEAR(message->data);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "the data of an entry are bytes");
    return -1;
}

/* Where the delimiters are in so many bytes with a lane of zeros behind them, and how many. */
static Py_ssize_t
find_delimiters(const char *bytes, Py_ssize_t size, Py_ssize_t *found)
{
    Py_ssize_t count = 0;
#ifdef __SSE2__
    for (Py_ssize_t at = 0; at < size; at += LANE) {
        __m128i lane = _mm_loadu_si128((const __m128i *)(bytes + at));
        unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(lane, _mm_set1_epi8(1)));
        for (; mask != 0; mask &= mask - 1)
            found[count++] = at + __builtin_ctz(mask);
    }
#else
    for (Py_ssize_t at = 0; at < size; at++) {
        found[count] = at;
        count += bytes[at] == 1;
    }
#endif
    return count;
}

/* Have its fields found. */
static int
take_apart(Message *message)
{
    Py_ssize_t size;
    if (message->count > 0)
        return 0;
    if (fetch(message) < 0)
        return -1;
    size = PyBytes_GET_SIZE(message->data);
    if (make_room(message, size + 2 + LANE) < 0)
        return -1;
    message->whole[0] = message->whole[size + 1] = 1;
    memset(message->whole + size + 2, 0, LANE);
    memcpy(message->whole + 1, PyBytes_AS_STRING(message->data), size);
    message->end = message->whole + size + 2;
    message->count = find_delimiters(message->whole, size + 2, message->fields);
    message->plain = 0;
    return 0;
}

/* Whether nothing before a field may announce data, so that it is one. */
static int
surely(Message *message, Py_ssize_t field)
{
    while (message->plain < field
           && !announces(message->whole + message->fields[message->plain] + 1, message->end))
        message->plain++;
    return message->plain >= field;
}

/* The first field, from one on, that begins with a text, which begins with a delimiter; or -1. */
static Py_ssize_t
find_field(const Message *message, PyObject *text, Py_ssize_t from)
{
    const char *wanted = PyBytes_AS_STRING(text);
    Py_ssize_t size = PyBytes_GET_SIZE(text);
    for (Py_ssize_t i = from; i < message->count; i++) {
        const char *at = message->whole + message->fields[i];
        if (at[1] == wanted[1] && message->end - at >= size && memcmp(at, wanted, size) == 0)
            return i;
    }
    return -1;
}

static int
has(const char *at, Py_ssize_t size, PyObject *text)
{
    const char *wanted = PyBytes_AS_STRING(text), *end = at + size;
    Py_ssize_t length = PyBytes_GET_SIZE(text);
    if (length == 0)
        return 1;
    while (end - at >= length && (at = memchr(at, *wanted, end - at - length + 1)) != NULL) {
        if (memcmp(at, wanted, length) == 0)
            return 1;
        at++;
    }
    return 0;
}

static int
is_same(const char *at, Py_ssize_t size, PyObject *text)
{
    return PyBytes_GET_SIZE(text) == size && memcmp(PyBytes_AS_STRING(text), at, size) == 0;
}

/* Whether it is surely a number to filters, too. */
static int
is_number(const char *at, const char *end)
{
    Py_ssize_t digits;
    at += at < end && *at == '-';
    digits = digits_at(at, end, WHOLE);
    at += digits;
    if (digits == 0 || at == end)
        return digits > 0;
    digits = *at == '.' ? digits_at(at + 1, end, PARTS) : 0;
    return digits > 0 && at + 1 + digits == end;
}

/* The number that bytes are to float(); 0 where they are none, -1 with an exception. */
static int
read_number(const char *at, Py_ssize_t size, double *number)
{
    static const double powers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (size <= EXACT && is_number(at, at + size)) {
        int64_t whole = 0;
        Py_ssize_t decimals = 0;
        for (Py_ssize_t i = *at == '-'; i < size; i++)
            if (at[i] == '.')
                decimals = size - i - 1;
            else
                whole = 10 * whole + (at[i] - '0');
        *number = (double)whole / powers[decimals];
        if (*at == '-')
            *number = -*number;
        return 1;
    }
    else {
        PyObject *text = PyBytes_FromStringAndSize(at, size), *found;
        if (text == NULL)
            return -1;
        found = PyFloat_FromString(text);
        Py_DECREF(text);
        if (found == NULL) {
            if (!PyErr_ExceptionMatches(PyExc_ValueError))
                return -1;
            PyErr_Clear();
            return 0;
        }
        *number = PyFloat_AS_DOUBLE(found);
        Py_DECREF(found);
        return 1;
    }
}

#endif
