#ifndef EXSIM_FILTERS_BYTE_LOOKS_H
#define EXSIM_FILTERS_BYTE_LOOKS_H
/* Looks at the bytes of a message, as those of byte_looks.py are. Each tells NO, PERHAPS or YES of a message
 * by a plan, whose kind and what else is in it is said with each; -1 with an exception. */
#include "message.h"

enum { NO, PERHAPS, YES };

static PyObject *name_of, *name_judge;  /* methods of a judge */

/* A part of a plan, borrowed; NULL, with an exception, where it is none of that type. */
static PyObject *
part_of(PyObject *plan, Py_ssize_t index, PyTypeObject *type)
{
    if (PyTuple_CheckExact(plan) && index < PyTuple_GET_SIZE(plan)
        && Py_IS_TYPE(PyTuple_GET_ITEM(plan, index), type))
        return PyTuple_GET_ITEM(plan, index);
    PyErr_SetString(PyExc_TypeError, "no plan of a look");
    return NULL;
}

/* The same of what a field begins with, a delimiter and more. */
static PyObject *
start_of(PyObject *plan, Py_ssize_t index)
{
    PyObject *start = part_of(plan, index, &PyBytes_Type);
    if (start != NULL && (PyBytes_GET_SIZE(start) < 2 || *PyBytes_AS_STRING(start) != 1)) {
        PyErr_SetString(PyExc_TypeError, "a field begins with a delimiter and a tag");
        return NULL;
    }
    return start;
}

/* What was said, which is let go; -1, with an exception, where it is nothing that a look says. */
static int
verdict_of(PyObject *said)
{
    long found = said == NULL ? -1 : PyLong_AsLong(said);
    Py_XDECREF(said);
    if (found >= NO && found <= YES)
        return (int)found;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a look told neither no, perhaps nor yes");
    return -1;
}

/* What a judge says of a part of a message, which is let go. What it has said before is known: both are
 * in the plan from an index on. */
static int
judged(PyObject *plan, Py_ssize_t index, PyObject *part)
{
    PyObject *known = part == NULL ? NULL : part_of(plan, index, &PyDict_Type), *said = NULL;
    if (known != NULL && index + 1 < PyTuple_GET_SIZE(plan)) {
        said = Py_XNewRef(PyDict_GetItemWithError(known, part));
        if (said == NULL && !PyErr_Occurred())
            said = PyObject_CallMethodOneArg(PyTuple_GET_ITEM(plan, index + 1), name_of, part);
    }
    else if (known != NULL)
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
    Py_XDECREF(part);
    return verdict_of(said);
}

/* (ONE_OF, fields): the first of these that is there tells. */
static int
one_of(Message *message, PyObject *plan)
{
    PyObject *fields = part_of(plan, 1, &PyTuple_Type);
    if (fields == NULL || take_apart(message) < 0)
        return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(fields); i++) {
        PyObject *text = start_of(fields, i);
        Py_ssize_t field;
        if (text == NULL)
            return -1;
        field = find_field(message, text, 0);
        if (field >= 0)
            return surely(message, field) ? YES : PERHAPS;
    }
    return NO;
}

/* The value of a tag with its sign, where that begins there; *at is moved on behind it. */
static const char *
value_at(const char **at, const char *end, const char *tag, Py_ssize_t *size)
{
    const char *value = *at + strlen(tag), *close;
    if (value > end || memcmp(*at, tag, strlen(tag)) != 0)
        return NULL;
    close = memchr(value, 1, end - value);
    if (close == NULL)
        close = end;
    *size = close - value;
    *at = close < end ? close + 1 : end;
    return value;
}

/* (HOLDING, start, enough) */
static int
holding(Message *message, PyObject *plan)
{
    PyObject *start = start_of(plan, 1), *enough = part_of(plan, 2, &PyBool_Type);
    Py_ssize_t field;
    if (start == NULL || enough == NULL || take_apart(message) < 0)
        return -1;
    field = find_field(message, start, 0);
    if (field < 0)
        return NO;
    return enough == Py_True && surely(message, field) ? YES : PERHAPS;
}

/* (NUMBER_IN, start, equal, greater, numbers, texts): a value is to be one of the numbers where
 * ``equal``, else greater or less than one; or it is one of the texts. */
static int
number_fits(Message *message, PyObject *plan, const char *value, Py_ssize_t size)
{
    PyObject *equal = part_of(plan, 2, &PyBool_Type), *greater = part_of(plan, 3, &PyBool_Type);
    PyObject *wanted = part_of(plan, 4, &PyTuple_Type), *texts = part_of(plan, 5, &PyTuple_Type);
    double number = 0;
    int read, found = NO;
    if (equal == NULL || greater == NULL || wanted == NULL || texts == NULL)
        return -1;
    read = read_number(value, size, &number);
    if (read < 0)
        return -1;
    if (read == 0 || number != number)
        return PERHAPS;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(wanted); i++) {
        PyObject *one = part_of(wanted, i, &PyFloat_Type);
        if (one == NULL)
            return -1;
        if (number == PyFloat_AS_DOUBLE(one))
            found = PERHAPS;
        else if (equal == Py_False
                 && (number > PyFloat_AS_DOUBLE(one)) == (greater == Py_True))
            return is_number(value, value + size) ? YES : PERHAPS;
    }
    for (Py_ssize_t i = 0; found == PERHAPS && i < PyTuple_GET_SIZE(texts); i++) {
        PyObject *text = part_of(texts, i, &PyBytes_Type);
        if (text == NULL)
            return -1;
        if (is_same(value, size, text))
            return YES;
    }
    return found;
}

/* Whether a text is ASCII alone; it is there in small letters then. */
static int
lower(Message *message, const char *at, Py_ssize_t size)
{
    char all = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        all |= at[i];
        message->lower[i] = at[i] + ((at[i] >= 'A' && at[i] <= 'Z') << 5);
    }
    return (all & 0x80) == 0;
}

/* Whether one of these is in a text; -1 with an exception. */
static int
has_one(const char *at, Py_ssize_t size, PyObject *parts)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        PyObject *part = part_of(parts, i, &PyBytes_Type);
        if (part == NULL)
            return -1;
        if (has(at, size, part))
            return 1;
    }
    return 0;
}

/* (TEXT_IN, start, parts): a value has one of these in it, which are in small letters. */
static int
text_fits(Message *message, PyObject *plan, const char *value, Py_ssize_t size)
{
    PyObject *parts = part_of(plan, 2, &PyTuple_Type);
    int found;
    if (parts == NULL)
        return -1;
    if (!lower(message, value, size))
        return PERHAPS;
    found = has_one(message->lower, size, parts);
    return found < 0 ? -1 : found ? YES : NO;
}

/* (VALUE_SO, start, known, judge): of a value that is said. */
static int
value_fits(Message *message, PyObject *plan, const char *value, Py_ssize_t size)
{
    return judged(plan, 2, PyBytes_FromStringAndSize(value, size));
}

/* Whether one of the fields that begin so has a value that fits. */
static int
value_in(Message *message, PyObject *plan,
         int (*fits)(Message *, PyObject *, const char *, Py_ssize_t))
{
    PyObject *start = start_of(plan, 1);
    int found = NO;
    if (start == NULL || take_apart(message) < 0)
        return -1;
    for (Py_ssize_t i = find_field(message, start, 0); i >= 0;
         i = find_field(message, start, i + 1)) {
        const char *value = message->whole + message->fields[i] + PyBytes_GET_SIZE(start);
        const char *end = i + 1 < message->count ? message->whole + message->fields[i + 1] : value;
        int said = fits(message, plan, value, end - value);
        if (said < 0 || (said == YES && surely(message, i)))
            return said;
        if (said != NO)
            found = PERHAPS;
    }
    return found;
}

/* (TYPE_SO, known, judge): of the type, which stands behind the version, or that and the length. */
static int
type_so(Message *message, PyObject *plan)
{
    const char *at, *end, *type;
    Py_ssize_t size;
    if (fetch(message) < 0)
        return -1;
    at = PyBytes_AS_STRING(message->data);
    end = at + PyBytes_GET_SIZE(message->data);
    if (value_at(&at, end, "8=", &size) == NULL)
        return PERHAPS;
    value_at(&at, end, "9=", &size);
    type = value_at(&at, end, "35=", &size);
    return type == NULL ? PERHAPS : judged(plan, 1, PyBytes_FromStringAndSize(type, size));
}

/* (PACKET_SO, known, judge): of the types of a packet and of the message in it, behind the length. */
static int
packet_so(Message *message, PyObject *plan)
{
    Py_ssize_t size;
    if (fetch(message) < 0)
        return -1;
    size = PyBytes_GET_SIZE(message->data) - 2;
    size = size < 0 ? 0 : size > 2 ? 2 : size;
    return judged(plan, 1, PySequence_GetSlice(message->data, 2, 2 + size));
}

/* (FIELD_SO, spans, others, known, judge): of the field of a message, after what packet_so() judges; where
 * that is, or what there is to say else, by the latter. */
static int
field_so(Message *message, PyObject *plan)
{
    PyObject *spans = part_of(plan, 1, &PyDict_Type), *others, *mark, *span, *field, *both;
    PyObject *wanted = NULL;
    Py_ssize_t begin = 0, end = 0;
    if (spans == NULL || (others = part_of(plan, 2, &PyLong_Type)) == NULL || fetch(message) < 0)
        return -1;
    mark = PySequence_GetSlice(message->data, 2, 4);
    if (mark == NULL)
        return -1;
    span = PyDict_GetItemWithError(spans, mark);  /* the dict stays as it is, and holds it */
    if (span == NULL || PyLong_CheckExact(span)) {
        Py_DECREF(mark);
        return PyErr_Occurred() ? -1 : verdict_of(Py_NewRef(span == NULL ? others : span));
    }
    if (!PyTuple_CheckExact(span))
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
    else if (PyArg_ParseTuple(span, "nnO", &begin, &end, &wanted) && wanted != Py_None
             && !PyFrozenSet_CheckExact(wanted))
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
    if (PyErr_Occurred() || PyBytes_GET_SIZE(message->data) < end) {
        Py_DECREF(mark);
        return PyErr_Occurred() ? -1 : PERHAPS;
    }
    field = PySequence_GetSlice(message->data, begin, end);
    if (field != NULL && wanted != Py_None) {
        int found = PySet_Contains(wanted, field);
        Py_DECREF(field);
        Py_DECREF(mark);
        return found < 0 ? -1 : found ? PERHAPS : NO;
    }
    both = field == NULL ? NULL : PySequence_Concat(mark, field);
    Py_XDECREF(field);
    Py_DECREF(mark);
    return judged(plan, 3, both);
}

/* (ANYWHERE, parts, secrets): one of the parts, in small letters, is in it; a secret may hide one. */
static int
anywhere(Message *message, PyObject *plan)
{
    PyObject *parts = part_of(plan, 1, &PyTuple_Type), *secrets;
    Py_ssize_t size;
    int found;
    if (parts == NULL || (secrets = part_of(plan, 2, &PyTuple_Type)) == NULL
        || take_apart(message) < 0)
        return -1;
    size = message->end - message->whole;
    if (!lower(message, message->whole + 1, size - 2))
        return PERHAPS;
    found = has_one(message->lower, size - 2, parts);
    if (found == 0)
        return memchr(message->lower, '|', size - 2) != NULL ? PERHAPS : NO;
    if (found > 0)
        found = has_one(message->whole, size, secrets);
    return found < 0 ? -1 : found ? PERHAPS : YES;
}

/* (TEXT_SO, secrets, judge): of all of it, as people are shown it, where no secret is masked. */
static int
text_so(Message *message, PyObject *plan)
{
    PyObject *secrets = part_of(plan, 1, &PyTuple_Type), *text, *said;
    Py_ssize_t size;
    if (secrets == NULL || take_apart(message) < 0)
        return -1;
    if (PyTuple_GET_SIZE(plan) != 3) {
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(secrets); i++) {
        PyObject *start = start_of(secrets, i);
        if (start == NULL)
            return -1;
        if (find_field(message, start, 0) >= 0)
            return PERHAPS;
    }
    size = message->end - message->whole - 2;
    for (Py_ssize_t i = 0; i < size; i++)
        message->lower[i] = message->whole[i + 1] == 1 ? '|' : message->whole[i + 1];
    text = PyUnicode_DecodeUTF8(message->lower, size, "replace");
    if (text == NULL)
        return -1;
    said = PyObject_CallMethodOneArg(PyTuple_GET_ITEM(plan, 2), name_judge, text);
    Py_DECREF(text);
    return verdict_of(said);
}

/* (IN_PACKET, parts, odd capitals): one of the parts, in small letters, is in a packet of SoupBinTCP that has
 * no password; a capital that is odd may be one of theirs. */
static int
in_packet(Message *message, PyObject *plan)
{
    PyObject *parts = part_of(plan, 1, &PyTuple_Type), *odd;
    const char *data;
    Py_ssize_t size;
    int found;
    if (parts == NULL || (odd = part_of(plan, 2, &PyTuple_Type)) == NULL || take_apart(message) < 0)
        return -1;
    data = message->whole + 1;
    size = message->end - message->whole - 2;
    found = size > 2 && data[2] == 'L' ? 1 : has_one(data, size, odd);
    if (found != 0)
        return found < 0 ? -1 : PERHAPS;
    lower(message, data, size);
    found = has_one(message->lower, size, parts);
    return found < 0 ? -1 : found ? YES : NO;
}

/* (SOMEWHERE, texts) */
static int
somewhere(Message *message, PyObject *plan)
{
    PyObject *texts = part_of(plan, 1, &PyTuple_Type);
    int found;
    if (texts == NULL || fetch(message) < 0)
        return -1;
    found = has_one(PyBytes_AS_STRING(message->data), PyBytes_GET_SIZE(message->data), texts);
    return found < 0 ? -1 : found ? PERHAPS : NO;
}

#endif
