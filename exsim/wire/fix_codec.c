/* The hot parts of exsim.wire in C: each does what Python code beside it does, for the usual case.
 *
 * scan() splits a message in which nothing is odd, cut() finds the end of one in a buffer, and
 * wrap() writes one. Where a closer look is needed the first two say so, and Python, which also
 * knows what is wrong, goes on. same(), in fix_same.c, says whether wrap() would make a message.
 *
 * Tags, and values that a tag had the last time too, are the same objects as before, so their hash
 * is known and nothing is allocated for them.
 */
#include "fix_text.h"

#define TAGS 50000        /* tags below this are kept as objects */
#define LONGEST_TAG 9     /* digits */
#define LONGEST_KEPT 40   /* bytes of a value that is kept for the next time */
#define LENGTH_DIGITS 9   /* digits of a BodyLength; one with more is odd */
#define FIELDS 512        /* fields of a message; one with more is odd */

static PyObject *tag_objects[TAGS];
static PyObject *last_values[TAGS];
static unsigned int seen[TAGS];        /* the number of the last message that had the tag */
static unsigned char lengths[TAGS];    /* whether a tag tells the length of raw data */
static unsigned int message_number = 0;
PyObject *amount_text;

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

/* Messages with the same tags come over and over: of some, the tags with commas between, and a dict
 * with these tags, whose copy needs only other values. */
#define SHAPES 64
#define LONGEST_RUN 512
static PyObject *shape_runs[SHAPES];
static PyObject *shape_fields[SHAPES];
static char shape_plain[SHAPES]; /* whether it has no tag twice, and none that is large or odd */
static unsigned char likely[256]; /* by the last byte of MsgType: the slot of its last plain shape */

/* Keep a shape for the next time; what is in its way is forgotten. */
static int
keep_shape(Py_ssize_t slot, PyObject *run, PyObject *fields)
{
    PyObject *kept = PyDict_Copy(fields), *tag, *value;
    Py_ssize_t position = 0;
    if (kept == NULL || PyObject_Hash(run) == -1) {
        Py_XDECREF(kept);
        return -1;
    }
    while (PyDict_Next(fields, &position, &tag, &value))
        if (PyDict_SetItem(kept, tag, Py_None) < 0) {
            Py_DECREF(kept);
            return -1;
        }
    shape_plain[slot] = 0;
    Py_XSETREF(shape_runs[slot], Py_NewRef(run));
    Py_XSETREF(shape_fields[slot], kept);
    return 0;
}

/* The result of a message whose tags are those of a plain shape; NULL where they are others, or with
 * an exception set. */
static PyObject *
scan_likely(PyObject *raw, Py_ssize_t slot)
{
    PyObject *run = shape_runs[slot], *fields = PyDict_Copy(shape_fields[slot]), *number = NULL;
    PyObject *parts = NULL, *msg_type = NULL, *result = NULL;
    const char *tags = PyBytes_AS_STRING(run), *tags_end = tags + PyBytes_GET_SIZE(run);
    const char *at = PyBytes_AS_STRING(raw), *end = at + PyBytes_GET_SIZE(raw);
    Py_ssize_t index = 0;
    long long seq = 0;
    int empty = 0;

    if (fields == NULL || (parts = PyList_New(2 * PyDict_GET_SIZE(fields))) == NULL)
        goto done;
    while (tags < tags_end) {
        const char *value_end;
        PyObject *tag, *value;
        unsigned int name = 0;

        for (; tags < tags_end && *tags != ','; tags++, at++) {
            if (at == end || *at != *tags)
                goto done;
            name = name * 10 + (unsigned int)(*tags - '0');
        }
        tags++;
        if (at == end || *at++ != '=' || (value_end = memchr(at, 1, end - at)) == NULL)
            goto done;
        empty |= value_end == at;
        tag = tag_objects[name];
        value = value_object(name, at, value_end - at);
        if (value == NULL)
            goto done;
        PyList_SET_ITEM(parts, index, Py_NewRef(tag));
        PyList_SET_ITEM(parts, index + 1, value);
        index += 2;
        if (PyDict_SetItem(fields, tag, value) < 0)
            goto done;
        if (name == 35)
            msg_type = value;
        else if (name == 34)
            seq = sequence_number(value);
        at = value_end + 1;
    }
    if (at != end)
        goto done;
    number = PyLong_FromLongLong(seq);
    if (number != NULL)
        result = PyTuple_Pack(7, msg_type, parts, fields, number, Py_False, run,
                              empty ? Py_True : Py_False);
done:
    Py_XDECREF(parts);
    Py_XDECREF(fields);
    Py_XDECREF(number);
    return result;
}

/* Where in likely[] a message is looked up: by its third field, if that is MsgType. */
static unsigned char *
likely_slot(PyObject *raw)
{
    const char *at = PyBytes_AS_STRING(raw), *end = at + PyBytes_GET_SIZE(raw);
    for (int field = 0; field < 2; field++) {
        at = memchr(at, 1, end - at);
        if (at == NULL)
            return NULL;
        at++;
    }
    if (end - at < 5 || memcmp(at, "35=", 3) != 0)
        return NULL;
    at = memchr(at, 1, end - at);
    return at == NULL ? NULL : &likely[(unsigned char)at[-1]];
}

/* The list of tags and values, and the dict of the first value of each tag. */
static PyObject *
gather(PyObject **objects, Py_ssize_t count, const char *first, PyObject *msg_type, long long seq,
       int repeated, int empty, const char *tags, Py_ssize_t tags_size,
       unsigned char *likely_place)
{
    Py_ssize_t slot = (tags_size * 31 + count + tags[tags_size / 2]) % SHAPES;
    PyObject *run = shape_runs[slot], *parts = PyList_New(count), *fields, *result = NULL;
    PyObject *number = PyLong_FromLongLong(seq);
    int known = run != NULL && PyBytes_GET_SIZE(run) == tags_size
                && memcmp(PyBytes_AS_STRING(run), tags, tags_size) == 0;

    run = known ? Py_NewRef(run) : PyBytes_FromStringAndSize(tags, tags_size);
    fields = known ? PyDict_Copy(shape_fields[slot]) : PyDict_New();
    if (parts == NULL || fields == NULL || run == NULL || number == NULL)
        goto done;
    for (Py_ssize_t i = 0; i < count; i++)
        PyList_SET_ITEM(parts, i, Py_NewRef(objects[i]));
    for (Py_ssize_t i = 0; i < count; i += 2)
        if (first[i / 2] && PyDict_SetItem(fields, objects[i], objects[i + 1]) < 0)
            goto done;
    if (!known && tags_size <= LONGEST_RUN && keep_shape(slot, run, fields) < 0)
        goto done;
    if (likely_place != NULL && tags_size <= LONGEST_RUN) {
        shape_plain[slot] = 1;
        *likely_place = (unsigned char)slot;
    }
    result = PyTuple_Pack(7, msg_type, parts, fields, number, repeated ? Py_True : Py_False, run,
                          empty ? Py_True : Py_False);
done:
    Py_XDECREF(parts);
    Py_XDECREF(fields);
    Py_XDECREF(number);
    Py_XDECREF(run);
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
    int repeated = 0, empty = 0, large = 0;
    unsigned char *place;
    const char *at, *end;

    if (!PyBytes_CheckExact(raw)) {
        PyErr_SetString(PyExc_TypeError, "a message is bytes");
        return NULL;
    }
    place = likely_slot(raw);
    if (place != NULL && shape_plain[*place]) {
        result = scan_likely(raw, *place);
        if (result != NULL || PyErr_Occurred())
            return result;
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
        empty |= value_end == at;
        large |= number >= TAGS || *tag_start == '0';
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
    result = gather(objects, count, first, msg_type, seq, repeated, empty, run, run_size - 1,
                    repeated || large ? NULL : place);
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

static PyObject *
set_tags(PyObject *module, PyObject *tags)
{
    PyObject *iterator = PyObject_GetIter(tags), *tag;
    if (iterator == NULL)
        return NULL;
    while ((tag = PyIter_Next(iterator)) != NULL) {
        long long number = PyBytes_CheckExact(tag) ? sequence_number(tag) : 0;
        if (number > 0 && number < TAGS && *PyBytes_AS_STRING(tag) != '0'
            && PyObject_Hash(tag) != -1)
            Py_XSETREF(tag_objects[number], Py_NewRef(tag));
        Py_DECREF(tag);
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
set_amount_text(PyObject *module, PyObject *function)
{
    Py_XSETREF(amount_text, Py_NewRef(function));
    Py_RETURN_NONE;
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

/* A form that is filled in: a list of the form, then of values. form_next() gives the piece of it
 * before the next gap, and the text in that; for a field that is left out the piece ends before its
 * tag, and the text is empty. 0 at the end, where the piece is what is left; -1 with an exception. */
typedef struct {
    const Layout *layout;
    PyObject *list;
    Py_ssize_t index;   /* of the next gap */
    Py_ssize_t at;      /* how much of the form is behind */
    const char *start, *piece, *text;
    Py_ssize_t piece_size, text_size;
    char room[LONGEST_AMOUNT];
} Form;

static int
form_begin(Form *form, PyObject *list)
{
    PyObject *bytes = PyList_GET_SIZE(list) ? PyList_GET_ITEM(list, 0) : NULL;
    if (bytes == NULL || !PyBytes_CheckExact(bytes)) {
        PyErr_SetString(PyExc_TypeError, "a list begins with its form");
        return -1;
    }
    form->layout = layout_of(bytes);
    if (form->layout == NULL)
        return -1;
    if (form->layout->gaps != PyList_GET_SIZE(list) - 1) {
        PyErr_SetString(PyExc_TypeError, "a form has as many gaps as values");
        return -1;
    }
    form->list = list;
    form->index = form->at = 0;
    form->start = PyBytes_AS_STRING(bytes);
    return 1;
}

static inline int
form_next(Form *form)
{
    Py_ssize_t index = form->index, end;
    form->piece = form->start + form->at;
    if (index == form->layout->gaps) {
        form->piece_size = PyBytes_GET_SIZE(form->layout->bytes) - form->at;
        form->text = form->room;
        form->text_size = 0;
        return 0;
    }
    form->index++;
    form->text = value_text(PyList_GET_ITEM(form->list, index + 1), form->room, &form->text_size);
    if (form->text == NULL)
        return -1;
    end = form->layout->fields[index].gap;
    if (form->text_size) {
        form->piece_size = end - form->at;
        form->at = end + 1;
        return 1;
    }
    form->piece_size = form->layout->fields[index].tag - form->at;
    form->at = end + 2;  /* behind its delimiter */
    return 1;
}

/* Text that grows: most messages have room in `fixed`. */
typedef struct {
    char *start, *at, *end;
    char fixed[2048];
} Growing;

/* Have room for so many bytes more; -1 with an exception set where there is none. */
static int
grow(Growing *text, Py_ssize_t size)
{
    Py_ssize_t used = text->at - text->start, room = 2 * (text->end - text->start) + size;
    char *more = PyMem_Realloc(text->start == text->fixed ? NULL : text->start, room);
    if (more == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (text->start == text->fixed)
        memcpy(more, text->fixed, used);
    text->start = more;
    text->at = more + used;
    text->end = more + room;
    return 0;
}

static int
add_text(Growing *text, const char *more, Py_ssize_t size)
{
    if (text->end - text->at < size && grow(text, size) < 0)
        return -1;
    memcpy(text->at, more, size);
    text->at += size;
    return 0;
}

/* Add a part; -1 with an exception set where it is none. */
static int
add_part(Growing *text, PyObject *part)
{
    if (PyTuple_CheckExact(part)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(part); i++)
            if (add_part(text, PyTuple_GET_ITEM(part, i)) < 0)
                return -1;
    }
    else if (PyList_CheckExact(part)) {
        Form form;
        int more = form_begin(&form, part);
        while (more > 0) {
            more = form_next(&form);
            if (more < 0 || add_text(text, form.piece, form.piece_size) < 0
                || add_text(text, form.text, form.text_size) < 0)
                return -1;
        }
        return more;
    }
    else {
        char room[24];
        Py_ssize_t size = 0;
        const char *found = part_text(part, room, &size);
        return found == NULL ? -1 : add_text(text, found, size);
    }
    return 0;
}

PyObject *
wrap(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *result = NULL;
    Py_ssize_t length, prefix_size, digits;
    char number[24], *at;
    Growing body;

    if (count == 0 || !PyBytes_CheckExact(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "a message needs a BeginString");
        return NULL;
    }
    body.start = body.at = body.fixed;
    body.end = body.fixed + sizeof(body.fixed);
    for (Py_ssize_t i = 1; i < count; i++)
        if (add_part(&body, arguments[i]) < 0)
            goto done;
    length = body.at - body.start;
    prefix_size = PyBytes_GET_SIZE(arguments[0]);
    digits = write_size(number, length);
    result = PyBytes_FromStringAndSize(NULL, prefix_size + digits + length + TRAILER);
    if (result == NULL)
        goto done;
    at = PyBytes_AS_STRING(result);
    memcpy(at, PyBytes_AS_STRING(arguments[0]), prefix_size);
    memcpy(at + prefix_size, number, digits);
    memcpy(at + prefix_size + digits, body.start, length);
    length += prefix_size + digits;
    write_trailer(at + length, sum_of(at, length));
done:
    if (body.start != body.fixed)
        PyMem_Free(body.start);
    return result;
}

static PyMethodDef methods[] = {
    {"scan", scan, METH_O, "Split a message in which nothing is odd; None for any other."},
    {"cut", (PyCFunction)(void (*)(void))cut, METH_FASTCALL, "Where a whole message ends; -1: look."},
    {"wrap", (PyCFunction)(void (*)(void))wrap, METH_FASTCALL, "Make a message of its parts."},
    {"same", (PyCFunction)(void (*)(void))same, METH_FASTCALL, "Whether it is made of its parts."},
    {"set_amount_text", set_amount_text, METH_O, "Say what writes an amount of over 64 bits."},
    {"set_lengths", set_lengths, METH_O, "Say which tags tell the length of raw data."},
    {"set_tags", set_tags, METH_O, "Say which objects to use for tags."},
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
