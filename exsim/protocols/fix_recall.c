/* The hot part of exsim.protocols.fix_recall: Shape reads messages that have the tags of one that was
 * read before, in the same order, and gives just what a request is made of.
 *
 * Where a message is otherwise, read() gives None, and Python reads it whole. Values that are the
 * same as in the last message are the same objects, too.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#define LONGEST_KEPT 24    /* bytes of a value that is kept for the next message */
#define LONGEST_BODY 512   /* bytes of all fields that reports copy */
#define SLOTS 32           /* values that a request is made of */
#define DIGITS 18          /* of a number */

enum { SKIP, SAME, NUMBER, TEXT, LOOSE_TEXT, AMOUNT, CODE, KINDS };

typedef struct {
    PyObject *tag;         /* bytes: with its = */
    PyObject *extra;       /* SAME: the value as bytes; CODE: a dict of codes */
    int kind;
    int slot;              /* of its value in the result; -1: in none */
    Py_ssize_t copied;     /* where it stands among the fields that reports copy; -1: it is none */
    const char *start;     /* its value in the message that is read */
    Py_ssize_t size;
    PyObject *value;       /* of the last message, with its text where that is not too long */
    Py_ssize_t kept;
    char text[LONGEST_KEPT];
} Field;

typedef struct {
    PyObject_HEAD
    Py_ssize_t count, copied_count;
    Field *fields;
    Field **copied;        /* those that reports copy, in their order there */
    PyObject *defaults;    /* a tuple: what slots have that no field fills; the last is the body */
    PyObject *body;        /* of the last message: the fields that reports copy */
} Shape;

/* A decimal with at most eight decimals as units of 10^-8; NULL without an exception if it is none,
 * or a long one. */
static PyObject *
amount(const char *at, Py_ssize_t size)
{
    const char *end = at + size;
    long long value = 0;
    int negative = size > 0 && *at == '-', point = 0, decimals = 0, digits = 0;
    for (at += negative; at < end; at++) {
        if (*at == '.' && !point) {
            point = 1;
            continue;
        }
        if (*at < '0' || *at > '9' || decimals == 8 || ++digits > DIGITS - 8)
            return NULL;
        value = value * 10 + (*at - '0');
        decimals += point;
    }
    if (!digits)
        return NULL;
    for (; decimals < 8; decimals++)
        value *= 10;
    return PyLong_FromLongLong(negative ? -value : value);
}

static PyObject *
number(const char *at, Py_ssize_t size)
{
    long long value = 0;
    if (size == 0 || size > DIGITS)
        return NULL;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (at[i] < '0' || at[i] > '9')
            return NULL;
        value = value * 10 + (at[i] - '0');
    }
    return PyLong_FromLongLong(value);
}

static PyObject *
code(PyObject *codes, const char *start, Py_ssize_t size)
{
    PyObject *text = PyBytes_FromStringAndSize(start, size), *value;
    if (text == NULL)
        return NULL;
    value = PyDict_GetItemWithError(codes, text);
    Py_DECREF(text);
    return Py_XNewRef(value);
}

/* What the value of a field is for a request; NULL, perhaps with an exception set, if it is odd. */
static PyObject *
value_of(Field *field)
{
    const char *start = field->start;
    Py_ssize_t size = field->size;
    PyObject *value;

    if (field->value != NULL && field->kept == size && memcmp(field->text, start, size) == 0)
        return Py_NewRef(field->value);
    switch (field->kind) {
    case NUMBER:
        value = number(start, size);
        break;
    case AMOUNT:
        value = amount(start, size);
        break;
    case CODE:
        value = code(field->extra, start, size);
        break;
    case TEXT:
        value = size == 0 ? NULL : PyUnicode_DecodeUTF8(start, size, NULL);
        break;
    default:
        value = PyUnicode_DecodeUTF8(start, size, "replace");
    }
    if (value != NULL && size <= LONGEST_KEPT) {
        memcpy(field->text, start, size);
        field->kept = size;
        Py_XSETREF(field->value, Py_NewRef(value));
    }
    return value;
}

/* The fields that reports copy, those without a value left out; NULL, perhaps with an exception set,
 * if they are too long. */
static PyObject *
body_of(Shape *self)
{
    char text[LONGEST_BODY], *at = text;
    Py_ssize_t size;
    for (Py_ssize_t i = 0; i < self->copied_count; i++) {
        Field *field = self->copied[i];
        Py_ssize_t tag_size = PyBytes_GET_SIZE(field->tag);
        if (field->size == 0)
            continue;
        if (at - text + tag_size + field->size + 1 > LONGEST_BODY)
            return NULL;
        memcpy(at, PyBytes_AS_STRING(field->tag), tag_size);
        memcpy(at + tag_size, field->start, field->size);
        at += tag_size + field->size;
        *at++ = 1;
    }
    size = at - text;
    if (self->body == NULL || PyBytes_GET_SIZE(self->body) != size
        || memcmp(PyBytes_AS_STRING(self->body), text, size) != 0) {
        PyObject *body = PyBytes_FromStringAndSize(text, size);
        if (body == NULL)
            return NULL;
        Py_XSETREF(self->body, body);
    }
    return Py_NewRef(self->body);
}

static PyObject *
read_message(Shape *self, PyObject *raw)
{
    Py_ssize_t slots = PyTuple_GET_SIZE(self->defaults);
    const char *at, *end;
    PyObject *result;

    if (!PyBytes_CheckExact(raw)) {
        PyErr_SetString(PyExc_TypeError, "a message is bytes");
        return NULL;
    }
    result = PyTuple_New(slots);
    if (result == NULL)
        return NULL;
    at = PyBytes_AS_STRING(raw);
    end = at + PyBytes_GET_SIZE(raw);
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Field *field = &self->fields[i];
        Py_ssize_t tag_size = PyBytes_GET_SIZE(field->tag);
        const char *value_end;
        if (end - at < tag_size || memcmp(at, PyBytes_AS_STRING(field->tag), tag_size) != 0)
            goto odd;
        at += tag_size;
        value_end = memchr(at, 1, end - at);
        if (value_end == NULL)
            goto odd;
        field->start = at;
        field->size = value_end - at;
        at = value_end + 1;
        if (field->kind == SAME) {
            if (field->size != PyBytes_GET_SIZE(field->extra)
                || memcmp(field->start, PyBytes_AS_STRING(field->extra), field->size) != 0)
                goto odd;
        }
        else if (field->kind != SKIP) {
            PyObject *value = value_of(field);
            if (value == NULL)
                goto odd;
            PyTuple_SET_ITEM(result, field->slot, value);
        }
    }
    if (at != end)
        goto odd;
    if (self->copied_count) {
        PyObject *body = body_of(self);
        if (body == NULL)
            goto odd;
        PyTuple_SET_ITEM(result, slots - 1, body);
    }
    for (Py_ssize_t i = 0; i < slots; i++)
        if (PyTuple_GET_ITEM(result, i) == NULL)
            PyTuple_SET_ITEM(result, i, Py_NewRef(PyTuple_GET_ITEM(self->defaults, i)));
    return result;
odd:
    Py_DECREF(result);
    if (PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        PyErr_Clear();
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static void
deallocate(Shape *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_XDECREF(self->fields[i].tag);
        Py_XDECREF(self->fields[i].extra);
        Py_XDECREF(self->fields[i].value);
    }
    PyMem_Free(self->fields);
    PyMem_Free(self->copied);
    Py_XDECREF(self->defaults);
    Py_XDECREF(self->body);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int
take_field(Shape *self, PyObject *given, Py_ssize_t slots)
{
    Field *field = &self->fields[self->count];
    PyObject *tag, *extra;
    if (!PyTuple_Check(given)) {
        PyErr_SetString(PyExc_TypeError, "a field is a tuple");
        return -1;
    }
    if (!PyArg_ParseTuple(given, "SiinO", &tag, &field->kind, &field->slot, &field->copied, &extra))
        return -1;
    if (field->kind < 0 || field->kind >= KINDS || field->slot >= slots - 1
        || (field->slot < 0 && field->kind > SAME)
        || (field->kind == SAME && !PyBytes_CheckExact(extra))
        || (field->kind == CODE && !PyDict_Check(extra))) {
        PyErr_SetString(PyExc_ValueError, "a field that makes no sense");
        return -1;
    }
    field->tag = Py_NewRef(tag);
    field->extra = Py_NewRef(extra);
    self->count++;
    return 0;
}

/* Find the fields that reports copy: of each number from 0 on there is one. */
static int
take_copied(Shape *self)
{
    for (Py_ssize_t i = 0; i < self->count; i++)
        self->copied_count += self->fields[i].copied >= 0;
    self->copied = PyMem_Calloc(self->copied_count + 1, sizeof(Field *));
    if (self->copied == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_ssize_t place = self->fields[i].copied;
        if (place >= self->copied_count || (place >= 0 && self->copied[place] != NULL)) {
            PyErr_SetString(PyExc_ValueError, "copied fields are numbered");
            return -1;
        }
        if (place >= 0)
            self->copied[place] = &self->fields[i];
    }
    return 0;
}

/* Shape(fields, defaults): fields are tuples of tag with =, kind, slot, place among copied ones, and
 * what the kind needs besides. */
static PyObject *
make(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    PyObject *fields, *defaults;
    Shape *self;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyList_Type, &fields, &PyTuple_Type, &defaults))
        return NULL;
    if (PyTuple_GET_SIZE(defaults) == 0 || PyTuple_GET_SIZE(defaults) > SLOTS) {
        PyErr_SetString(PyExc_ValueError, "too many slots, or none");
        return NULL;
    }
    self = (Shape *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->defaults = Py_NewRef(defaults);
    self->fields = PyMem_Calloc(PyList_GET_SIZE(fields) + 1, sizeof(Field));
    if (self->fields == NULL) {
        PyErr_NoMemory();
        goto failed;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(fields); i++)
        if (take_field(self, PyList_GET_ITEM(fields, i), PyTuple_GET_SIZE(defaults)) < 0)
            goto failed;
    if (take_copied(self) < 0)
        goto failed;
    return (PyObject *)self;
failed:
    Py_DECREF(self);
    return NULL;
}

static PyMethodDef shape_methods[] = {
    {"read", (PyCFunction)read_message, METH_O, "What a request is made of; None: another shape."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject shape_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "exsim.protocols._fix_recall.Shape",
    .tp_doc = "Reads messages with the same tags.",
    .tp_basicsize = sizeof(Shape),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = make,
    .tp_dealloc = (destructor)deallocate,
    .tp_methods = shape_methods,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_fix_recall", "The hot part of exsim.protocols.fix_recall.", -1, NULL,
};

PyMODINIT_FUNC
PyInit__fix_recall(void)
{
    PyObject *made;
    if (PyType_Ready(&shape_type) < 0 || (made = PyModule_Create(&module)) == NULL)
        return NULL;
    if (PyModule_AddObjectRef(made, "Shape", (PyObject *)&shape_type) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}
