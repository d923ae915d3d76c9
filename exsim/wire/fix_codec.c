/* The hot parts of exsim.wire in C: each does what Python code beside it does, for the usual case.
 *
 * scan() splits a message in which nothing is odd, cut() finds the end of one in a buffer, and
 * wrap() writes one. Where a closer look is needed the first two say so, and Python, which also
 * knows what is wrong, goes on.
 *
 * Tags, and values that a tag had the last time too, are the same objects as before, so their hash
 * is known and nothing is allocated for them.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#define TAGS 50000        /* tags below this are kept as objects */
#define LONGEST_TAG 9     /* digits */
#define LONGEST_KEPT 40   /* bytes of a value that is kept for the next time */
#define TRAILER 7         /* bytes of the CheckSum field */
#define LENGTH_DIGITS 9   /* digits of a BodyLength; one with more is odd */
#define FIELDS 512        /* fields of a message; one with more is odd */

static PyObject *tag_objects[TAGS];
static PyObject *last_values[TAGS];
static unsigned int seen[TAGS];        /* the number of the last message that had the tag */
static unsigned char lengths[TAGS];    /* whether a tag tells the length of raw data */
static unsigned int message_number = 0;

static PyObject *
tag_object(unsigned int number, const char *start, Py_ssize_t size)
{
    PyObject *tag;
    if (number >= TAGS || *start == '0')
        return PyBytes_FromStringAndSize(start, size);
    tag = tag_objects[number];
    if (tag == NULL) {
        tag = PyBytes_FromStringAndSize(start, size);
        if (tag == NULL || PyObject_Hash(tag) == -1) {
            Py_XDECREF(tag);
            return NULL;
        }
        tag_objects[number] = tag;
    }
    return Py_NewRef(tag);
}

static PyObject *
value_object(unsigned int number, const char *start, Py_ssize_t size)
{
    PyObject *value;
    if (number < TAGS) {
        value = last_values[number];
        if (value != NULL && PyBytes_GET_SIZE(value) == size
            && memcmp(PyBytes_AS_STRING(value), start, size) == 0)
            return Py_NewRef(value);
    }
    value = PyBytes_FromStringAndSize(start, size);
    if (value != NULL && number < TAGS && size <= LONGEST_KEPT)
        Py_XSETREF(last_values[number], Py_NewRef(value));
    return value;
}

/* MsgSeqNum: a whole number of at most 18 digits, or else 0. */
static long long
sequence_number(PyObject *value)
{
    const char *digits = PyBytes_AS_STRING(value);
    Py_ssize_t size = PyBytes_GET_SIZE(value);
    long long number = 0;
    if (size == 0 || size > 18)
        return 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return 0;
        number = number * 10 + (digits[i] - '0');
    }
    return number;
}

/* Whether a tag has come before in this message; -1 with an exception set if that cannot be told.
 * Tags that are kept are counted; a large one, or one with leading zeros, is compared. */
static int
comes_again(unsigned int number, PyObject **objects, Py_ssize_t count)
{
    PyObject *tag = objects[count];
    const char *start = PyBytes_AS_STRING(tag);
    Py_ssize_t size = PyBytes_GET_SIZE(tag);

    if (number < TAGS && *start != '0') {
        int again = seen[number] == message_number;
        seen[number] = message_number;
        return again;
    }
    for (Py_ssize_t i = 0; i < count; i += 2)
        if (PyBytes_GET_SIZE(objects[i]) == size
            && memcmp(PyBytes_AS_STRING(objects[i]), start, size) == 0)
            return 1;
    return 0;
}

/* The list of tags and values, and the dict of the first value of each tag; takes the references. */
static PyObject *
gather(PyObject **objects, Py_ssize_t count, const char *first, PyObject *msg_type, long long seq,
       int repeated, const char *run, Py_ssize_t run_size)
{
    PyObject *parts = PyList_New(count), *fields = PyDict_New(), *result = NULL;
    if (parts == NULL || fields == NULL)
        goto done;
    for (Py_ssize_t i = 0; i < count; i++)
        PyList_SET_ITEM(parts, i, Py_NewRef(objects[i]));
    for (Py_ssize_t i = 0; i < count; i += 2)
        if (first[i / 2] && PyDict_SetItem(fields, objects[i], objects[i + 1]) < 0)
            goto done;
    result = Py_BuildValue("(OOOLOy#)", msg_type, parts, fields, seq,
                           repeated ? Py_True : Py_False, run, run_size);
done:
    Py_XDECREF(parts);
    Py_XDECREF(fields);
    return result;
}

static PyObject *
scan(PyObject *module, PyObject *raw)
{
    PyObject *objects[2 * FIELDS];  /* tags and values, one after the other */
    char first[FIELDS];             /* whether the tag of a field comes for the first time */
    char run[FIELDS * (LONGEST_TAG + 1)];
    Py_ssize_t count = 0, run_size = 0;
    PyObject *msg_type = NULL, *result = NULL;
    long long seq = 0;
    int repeated = 0;
    const char *at, *end;

    if (!PyBytes_CheckExact(raw)) {
        PyErr_SetString(PyExc_TypeError, "a message is bytes");
        return NULL;
    }
    at = PyBytes_AS_STRING(raw);
    end = at + PyBytes_GET_SIZE(raw);
    if (++message_number == 0) {
        memset(seen, 0, sizeof(seen));
        message_number = 1;
    }
    while (at < end) {
        const char *tag_start = at, *value_end;
        Py_ssize_t tag_size;
        unsigned int number = 0;
        int again;

        while (at < end && *at >= '0' && *at <= '9' && at - tag_start <= LONGEST_TAG)
            number = number * 10 + (unsigned int)(*at++ - '0');
        tag_size = at - tag_start;
        if (at == end || *at != '=' || tag_size == 0 || tag_size > LONGEST_TAG
            || count == 2 * FIELDS || (number < TAGS && lengths[number]))
            goto odd;
        at++;
        value_end = memchr(at, 1, end - at);
        if (value_end == NULL)
            goto odd;
        objects[count] = tag_object(number, tag_start, tag_size);
        if (objects[count] == NULL)
            goto done;
        objects[count + 1] = value_object(number, at, value_end - at);
        if (objects[count + 1] == NULL) {
            Py_DECREF(objects[count]);
            goto done;
        }
        again = comes_again(number, objects, count);
        first[count / 2] = !again;
        repeated |= again;
        if (!again && *tag_start != '0') {
            if (number == 35)
                msg_type = objects[count + 1];
            else if (number == 34)
                seq = sequence_number(objects[count + 1]);
        }
        memcpy(run + run_size, tag_start, tag_size);
        run_size += tag_size;
        run[run_size++] = ',';
        count += 2;
        at = value_end + 1;
    }
    if (msg_type == NULL)
        goto odd;
    result = gather(objects, count, first, msg_type, seq, repeated, run, run_size - 1);
    goto done;
odd:
    result = Py_NewRef(Py_None);
done:
    while (count > 0)
        Py_DECREF(objects[--count]);
    return result;
}

static PyObject *
set_lengths(PyObject *module, PyObject *tags)
{
    PyObject *iterator = PyObject_GetIter(tags), *tag;
    if (iterator == NULL)
        return NULL;
    while ((tag = PyIter_Next(iterator)) != NULL) {
        long number = PyLong_AsLong(tag);
        Py_DECREF(tag);
        if (number > 0 && number < TAGS)
            lengths[number] = 1;
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* The sum of bytes modulo 256. */
static unsigned char
sum_of(const char *start, Py_ssize_t size)
{
    unsigned char sum = 0;
    for (Py_ssize_t i = 0; i < size; i++)
        sum += (unsigned char)start[i];
    return sum;
}

static void
write_trailer(char *at, unsigned char sum)
{
    memcpy(at, "10=", 3);
    at[3] = '0' + sum / 100;
    at[4] = '0' + sum / 10 % 10;
    at[5] = '0' + sum % 10;
    at[6] = 1;
}

/* cut(buffer, start, prefix, largest): where the message at start ends, or -1. */
static PyObject *
cut(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    const char *buffer, *prefix, *at, *body, *end;
    Py_ssize_t size, start, prefix_size, largest, length = 0;
    char trailer[TRAILER];

    if (count != 4 || !PyBytes_CheckExact(arguments[0]) || !PyBytes_CheckExact(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "cut() takes bytes, an offset, bytes and a size");
        return NULL;
    }
    start = PyLong_AsSsize_t(arguments[1]);
    largest = PyLong_AsSsize_t(arguments[3]);
    if (PyErr_Occurred())
        return NULL;
    buffer = PyBytes_AS_STRING(arguments[0]);
    size = PyBytes_GET_SIZE(arguments[0]);
    prefix = PyBytes_AS_STRING(arguments[2]);
    prefix_size = PyBytes_GET_SIZE(arguments[2]);
    if (start < 0 || size - start < prefix_size
        || memcmp(buffer + start, prefix, prefix_size) != 0)
        goto closer;
    at = buffer + start + prefix_size;
    end = buffer + size;
    for (body = at; body < end && body - at < LENGTH_DIGITS && *body >= '0' && *body <= '9'; body++)
        length = length * 10 + (*body - '0');
    if (body == at || body == end || *body != 1 || (*at == '0' && body - at > 1))
        goto closer;
    body++;
    if (end - body < length + TRAILER || length < 4 || memcmp(body, "35=", 3) != 0
        || body[length - 1] != 1)
        goto closer;
    end = body + length;
    if (end + TRAILER - (buffer + start) > largest)
        goto closer;
    write_trailer(trailer, sum_of(buffer + start, end - (buffer + start)));
    if (memcmp(end, trailer, TRAILER) != 0)
        goto closer;
    return PyLong_FromSsize_t(end + TRAILER - buffer);
closer:
    return PyLong_FromLong(-1);
}

/* wrap(prefix, parts): the parts, MsgType first, behind prefix and their length, with CheckSum. */
static PyObject *
wrap(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *result;
    Py_ssize_t length = 0, prefix_size;
    char number[24], *at;
    int digits;

    for (Py_ssize_t i = 0; i < count; i++) {
        if (!PyBytes_CheckExact(arguments[i])) {
            PyErr_SetString(PyExc_TypeError, "a message is made of bytes");
            return NULL;
        }
        if (i > 0)
            length += PyBytes_GET_SIZE(arguments[i]);
    }
    if (count == 0) {
        PyErr_SetString(PyExc_TypeError, "a message needs a BeginString");
        return NULL;
    }
    prefix_size = PyBytes_GET_SIZE(arguments[0]);
    digits = snprintf(number, sizeof(number), "%zd\x01", length);
    result = PyBytes_FromStringAndSize(NULL, prefix_size + digits + length + TRAILER);
    if (result == NULL)
        return NULL;
    at = PyBytes_AS_STRING(result);
    memcpy(at, PyBytes_AS_STRING(arguments[0]), prefix_size);
    at += prefix_size;
    memcpy(at, number, digits);
    at += digits;
    for (Py_ssize_t i = 1; i < count; i++) {
        memcpy(at, PyBytes_AS_STRING(arguments[i]), PyBytes_GET_SIZE(arguments[i]));
        at += PyBytes_GET_SIZE(arguments[i]);
    }
    write_trailer(at, sum_of(PyBytes_AS_STRING(result), at - PyBytes_AS_STRING(result)));
    return result;
}

static PyMethodDef methods[] = {
    {"scan", scan, METH_O, "Split a message in which nothing is odd; None for any other."},
    {"cut", (PyCFunction)(void (*)(void))cut, METH_FASTCALL, "Where a whole message ends; -1: look."},
    {"wrap", (PyCFunction)(void (*)(void))wrap, METH_FASTCALL, "Make a message of its parts."},
    {"set_lengths", set_lengths, METH_O, "Say which tags tell the length of raw data."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_fix_codec", "Hot parts of exsim.wire.", -1, methods,
};

PyMODINIT_FUNC
PyInit__fix_codec(void)
{
    return PyModule_Create(&module);
}
