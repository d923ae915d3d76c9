/* The text of what FIX messages are made of: parts, values that fill the gaps of forms, CheckSum.
 *
 * Each file that includes it has its own copy of all but what writes amounts that are too large.
 */
#ifndef EXSIM_WIRE_FIX_TEXT_H
#define EXSIM_WIRE_FIX_TEXT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>

#define TRAILER 7         /* bytes of the CheckSum field */
#define LONGEST_AMOUNT 64 /* bytes */
#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN extern PyObject *amount_text; /* writes an amount of more than 64 bits */

/* wrap(prefix, parts): the parts, MsgType first, behind prefix and their length, with CheckSum. */
HIDDEN PyObject *wrap(PyObject *module, PyObject *const *arguments, Py_ssize_t count);
/* same(raw, prefix, parts): whether raw is what wrap() makes. */
HIDDEN PyObject *same(PyObject *module, PyObject *const *arguments, Py_ssize_t count);

/* The sum of bytes modulo 256. */
static inline unsigned char
sum_of(const char *start, Py_ssize_t size)
{
    unsigned char sum = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        sum += (unsigned char)start[i];
    return sum;
}

static inline void
write_trailer(char *at, unsigned char sum)
{
    memcpy(at, "10=", 3);
    at[3] = '0' + sum / 100;
    at[4] = '0' + sum / 10 % 10;
    at[5] = '0' + sum % 10;
    at[6] = 1;
}

/* A number as text; how many bytes that is. */
static inline Py_ssize_t
write_digits(char *at, unsigned long long number)
{
    char reversed[24];
    Py_ssize_t size = 0, digits = 0;
    do {
        reversed[digits++] = '0' + number % 10;
        number /= 10;
    } while (number);
    while (digits)
        at[size++] = reversed[--digits];
    return size;
}

/* The value of a BodyLength, with its SOH. */
static inline Py_ssize_t
write_size(char *at, Py_ssize_t length)
{
    Py_ssize_t size = write_digits(at, (unsigned long long)length);
    at[size] = 1;
    return size + 1;
}

static inline Py_ssize_t
write_number(char *at, PyObject *part)
{
    long long value = PyLong_AsLongLong(part);
    if (value == -1 && PyErr_Occurred())
        return -1;
    if (value >= 0)
        return write_digits(at, (unsigned long long)value);
    at[0] = '-';
    return 1 + write_digits(at + 1, 0 - (unsigned long long)value);
}

/* The bytes of a part that is none of others: bytes, text, or a number, which is written to room. */
static inline const char *
part_text(PyObject *part, char *room, Py_ssize_t *size)
{
    if (PyBytes_CheckExact(part)) {
        *size = PyBytes_GET_SIZE(part);
        return PyBytes_AS_STRING(part);
    }
    if (PyUnicode_CheckExact(part)) {
        if (!PyUnicode_IS_COMPACT_ASCII(part))
            return PyUnicode_AsUTF8AndSize(part, size);
        *size = PyUnicode_GET_LENGTH(part);
        return (const char *)PyUnicode_1BYTE_DATA(part);
    }
    if (!PyLong_CheckExact(part)) {
        PyErr_SetString(PyExc_TypeError, "a message is made of bytes, text and numbers");
        return NULL;
    }
    *size = write_number(room, part);
    return *size < 0 ? NULL : room;
}

/* An amount of more than 64 bits, which no order has. */
static inline Py_ssize_t
write_large_amount(char *at, PyObject *part)
{
    PyObject *text = amount_text == NULL ? NULL : PyObject_CallOneArg(amount_text, part);
    Py_ssize_t size = -1;
    const char *digits = text == NULL ? NULL : PyUnicode_AsUTF8AndSize(text, &size);
    if (digits == NULL || size > LONGEST_AMOUNT) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_OverflowError, "an amount is too large");
        size = -1;
    }
    else
        memcpy(at, digits, size);
    Py_XDECREF(text);
    return size;
}

/* An amount in units of 10^-8 as the shortest decimal, and "no price" as 0; how many bytes that is. */
static inline Py_ssize_t
write_amount(char *at, PyObject *part)
{
    char *start = at;
    int beyond;
    long long value = PyLong_AsLongLongAndOverflow(part, &beyond);
    unsigned long long size, whole;
    unsigned int fraction;

    if (beyond)
        return write_large_amount(at, part);
    if (value == LLONG_MIN)
        value = 0;
    if (value < 0)
        *at++ = '-';
    size = value < 0 ? 0 - (unsigned long long)value : (unsigned long long)value;
    whole = size / 100000000;
    fraction = (unsigned int)(size % 100000000);
    at += write_digits(at, whole);
    if (fraction) {
        int digits = 8;
        for (; fraction % 10 == 0; fraction /= 10)
            digits--;
        *at = '.';
        for (int i = digits; i > 0; i--, fraction /= 10)
            at[i] = '0' + fraction % 10;
        at += digits + 1;
    }
    return at - start;
}

/* What fills a gap of a form: text, or a whole number that is an amount. *size is 0 for what is left
 * out: None and empty text. NULL with an exception set where it is something else. */
static inline const char *
value_text(PyObject *value, char *room, Py_ssize_t *size)
{
    if (PyLong_CheckExact(value)) {
        *size = write_amount(room, value);
        return *size < 0 ? NULL : room;
    }
    if (value == Py_None) {
        *size = 0;
        return room;
    }
    if (!PyUnicode_CheckExact(value)) {
        PyErr_SetString(PyExc_TypeError, "a form is filled with text and amounts");
        return NULL;
    }
    return part_text(value, room, size);
}

/* Forms come over and over: of some it is kept where their gaps are. */
#define FORMS 256
#define GAPS 64
typedef struct {
    PyObject *bytes;
    Py_ssize_t gaps;
    struct {
        unsigned short tag, gap;  /* where the tag of the field begins, and where its gap is */
    } fields[GAPS];
} Layout;
static Layout layouts[FORMS];

/* Where the gaps of a form are; NULL with an exception set where it is none. */
static inline const Layout *
layout_of(PyObject *bytes)
{
    Layout *layout = &layouts[((uintptr_t)bytes >> 5) % FORMS];
    const char *start = PyBytes_AS_STRING(bytes);
    Py_ssize_t size = PyBytes_GET_SIZE(bytes), tag = 0, gaps = 0;

    if (layout->bytes == bytes)
        return layout;
    if (size > USHRT_MAX) {
        PyErr_SetString(PyExc_ValueError, "a form is too long");
        return NULL;
    }
    Py_CLEAR(layout->bytes);
    for (Py_ssize_t i = 0; i < size; i++) {
        if (start[i] == 1)
            tag = i + 1;
        if (start[i] != '%')
            continue;
        if (gaps == GAPS || i + 1 == size || start[i + 1] != 1) {
            PyErr_SetString(PyExc_ValueError, "a form has too many gaps, or one within a field");
            return NULL;
        }
        layout->fields[gaps].tag = (unsigned short)tag;
        layout->fields[gaps++].gap = (unsigned short)i;
    }
    layout->gaps = gaps;
    layout->bytes = Py_NewRef(bytes);
    return layout;
}

#endif
