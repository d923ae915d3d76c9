/* The hot part of exsim.protocols.fix_recall: Shapes reads messages that have the tags of one that was
 * read before, in the same order, and gives just what a request is made of.
 *
 * Most of a message is as in the last one of its shape: only fields that are otherwise are looked at.
 * Where a message is of no shape, read() gives None, and Python reads it whole.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define SHAPES 16
#define FIELDS 128         /* of a message; one with more has no shape */
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
    Py_ssize_t size;       /* of its value in the last message */
} Field;

typedef struct {
    Py_ssize_t count, copied_count;
    Field fields[FIELDS];
    PyObject *defaults;    /* a tuple: what slots have that no field fills; the last is the body */
    PyObject *last;        /* the last message; NULL: there was none */
    PyObject *values;      /* a tuple: what was made of it */
} Shape;

typedef struct {
    PyObject_HEAD
    Py_ssize_t count, likely;
    Shape *shapes[SHAPES];
} Shapes;

/* A field that is not as in the last message. */
typedef struct {
    Field *field;
    Py_ssize_t size;
    PyObject *value;       /* NULL for what is in no slot */
} Change;

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

/* Text of UTF-8, which nearly always is ASCII. */
static PyObject *
text(const char *start, Py_ssize_t size, const char *errors)
{
    unsigned char all = 0;
    PyObject *made;
    for (Py_ssize_t i = 0; i < size; i++)
        all |= (unsigned char)start[i];
    if (all >= 0x80 || size == 0)
        return PyUnicode_DecodeUTF8(start, size, errors);
    made = PyUnicode_New(size, 0x7F);
    if (made != NULL)
        memcpy(PyUnicode_DATA(made), start, size);
    return made;
}

/* What the value of a field is for a request; NULL, perhaps with an exception set, if it is odd. */
static PyObject *
value_of(const Field *field, const char *start, Py_ssize_t size)
{
    switch (field->kind) {
    case NUMBER:
        return number(start, size);
    case AMOUNT:
        return amount(start, size);
    case CODE:
        return code(field->extra, start, size);
    case TEXT:
        return size == 0 ? NULL : text(start, size, NULL);
    default:
        return text(start, size, "replace");
    }
}

static inline Py_ssize_t
whole_size(const Field *field)
{
    return PyBytes_GET_SIZE(field->tag) + field->size + 1;
}

/* How many bytes two texts have in common at their beginning. */
static Py_ssize_t
common(const char *one, const char *one_end, const char *other, const char *other_end)
{
    Py_ssize_t most = one_end - one < other_end - other ? one_end - one : other_end - other;
    Py_ssize_t size = 0;
    for (; size + 8 <= most; size += 8) {
        uint64_t a, b;
        memcpy(&a, one + size, 8);
        memcpy(&b, other + size, 8);
        if (a != b)
            break;
    }
    while (size < most && one[size] == other[size])
        size++;
    return size;
}

/* Take a field that begins at `at`; where it ends, or NULL where it is odd. */
static const char *
take_change(Field *field, const char *at, const char *end, Change *change)
{
    Py_ssize_t tag_size = PyBytes_GET_SIZE(field->tag), size;
    const char *value_end;
    if (end - at < tag_size || memcmp(at, PyBytes_AS_STRING(field->tag), tag_size) != 0)
        return NULL;
    at += tag_size;
    value_end = memchr(at, 1, end - at);
    if (value_end == NULL)
        return NULL;
    size = value_end - at;
    change->field = field;
    change->size = size;
    change->value = NULL;
    if (field->kind == SAME) {
        if (size != PyBytes_GET_SIZE(field->extra)
            || memcmp(at, PyBytes_AS_STRING(field->extra), size) != 0)
            return NULL;
    }
    else if (field->kind != SKIP) {
        change->value = value_of(field, at, size);
        if (change->value == NULL)
            return NULL;
    }
    return value_end + 1;
}

/* Find the fields of a message that are not as in the last; how many, or -1, perhaps with an exception
 * set, where the message is odd. */
static Py_ssize_t
take_changes(Shape *shape, PyObject *raw, Change *changes)
{
    const char *at = PyBytes_AS_STRING(raw), *end = at + PyBytes_GET_SIZE(raw);
    const char *before = NULL, *before_end = NULL;
    Py_ssize_t count = 0, same = 0;

    if (shape->last != NULL) {
        before = PyBytes_AS_STRING(shape->last);
        before_end = before + PyBytes_GET_SIZE(shape->last);
        same = common(at, end, before, before_end);
    }
    for (Field *field = shape->fields; field < shape->fields + shape->count; field++) {
        Py_ssize_t whole = whole_size(field);
        if (same >= whole) {
            at += whole;
            before += whole;
            same -= whole;
            continue;
        }
        at = take_change(field, at, end, &changes[count]);
        if (at == NULL)
            return ~count;
        count++;
        if (shape->last != NULL) {
            before += whole;
            same = common(at, end, before, before_end);
        }
    }
    return at == end ? count : ~count;
}

/* The fields that reports copy, those without a value left out; NULL, perhaps with an exception set,
 * if they are too long. */
static PyObject *
body_of(const Shape *shape, PyObject *raw, PyObject *before)
{
    const char *starts[FIELDS], *begin = PyBytes_AS_STRING(raw);
    Py_ssize_t sizes[FIELDS], size;
    char text[LONGEST_BODY], *at = text;

    for (Py_ssize_t i = 0; i < shape->count; i++) {
        const Field *field = &shape->fields[i];
        if (field->copied >= 0) {
            starts[field->copied] = begin;
            sizes[field->copied] = field->size ? whole_size(field) : 0;
        }
        begin += whole_size(field);
    }
    for (Py_ssize_t i = 0; i < shape->copied_count; i++) {
        if (at - text + sizes[i] > LONGEST_BODY)
            return NULL;
        memcpy(at, starts[i], sizes[i]);
        at += sizes[i];
    }
    size = at - text;
    if (PyBytes_GET_SIZE(before) == size && memcmp(PyBytes_AS_STRING(before), text, size) == 0)
        return Py_NewRef(before);
    return PyBytes_FromStringAndSize(text, size);
}

/* The values of the last message, to be changed: nobody else has them. */
static PyObject *
own_values(Shape *shape)
{
    PyObject *from = shape->values ? shape->values : shape->defaults, *values;
    if (shape->values != NULL && Py_REFCNT(shape->values) == 1)
        return shape->values;
    values = PyTuple_New(PyTuple_GET_SIZE(from));
    if (values == NULL)
        return NULL;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(from); i++)
        PyTuple_SET_ITEM(values, i, Py_NewRef(PyTuple_GET_ITEM(from, i)));
    Py_XSETREF(shape->values, values);
    return values;
}

static void
set_value(PyObject *values, Py_ssize_t slot, PyObject *value)
{
    PyObject *old = PyTuple_GET_ITEM(values, slot);
    PyTuple_SET_ITEM(values, slot, value);
    Py_DECREF(old);
}

/* What is made of a message with these changes, whose values are taken over; NULL, perhaps with an
 * exception set, where that is too long. */
static PyObject *
changed(Shape *shape, PyObject *raw, Change *changes, Py_ssize_t count)
{
    PyObject *values = own_values(shape), *body;
    int copied = 0;

    Py_XSETREF(shape->last, NULL);  /* until all of it is done */
    for (Py_ssize_t i = 0; i < count; i++) {
        Field *field = changes[i].field;
        field->size = changes[i].size;
        copied |= field->copied >= 0;
        if (values != NULL && changes[i].value != NULL)
            set_value(values, field->slot, changes[i].value);
        else
            Py_XDECREF(changes[i].value);
    }
    if (values == NULL)
        return NULL;
    if (copied) {
        Py_ssize_t slot = PyTuple_GET_SIZE(values) - 1;
        body = body_of(shape, raw, PyTuple_GET_ITEM(values, slot));
        if (body == NULL)
            return NULL;
        set_value(values, slot, body);
    }
    shape->last = Py_NewRef(raw);
    return Py_NewRef(values);
}

/* What a message is of a shape; NULL, perhaps with an exception set, where it is of another. */
static PyObject *
read_shape(Shape *shape, PyObject *raw)
{
    Change changes[FIELDS];
    Py_ssize_t count = take_changes(shape, raw, changes);
    if (count >= 0)
        return changed(shape, raw, changes, count);
    for (count = ~count; count > 0; count--)
        Py_XDECREF(changes[count - 1].value);
    if (PyErr_ExceptionMatches(PyExc_UnicodeDecodeError))
        PyErr_Clear();
    return NULL;
}

static PyObject *
read_message(Shapes *self, PyObject *raw)
{
    if (!PyBytes_CheckExact(raw)) {
        PyErr_SetString(PyExc_TypeError, "a message is bytes");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < self->count; i++) {
        Py_ssize_t index = (self->likely + i) % self->count;
        PyObject *found = read_shape(self->shapes[index], raw);
        if (found != NULL)
            self->likely = index;
        if (found != NULL || PyErr_Occurred())
            return found;
    }
    Py_RETURN_NONE;
}

static void
free_shape(Shape *shape)
{
    for (Py_ssize_t i = 0; i < shape->count; i++) {
        Py_DECREF(shape->fields[i].tag);
        Py_DECREF(shape->fields[i].extra);
    }
    Py_XDECREF(shape->defaults);
    Py_XDECREF(shape->last);
    Py_XDECREF(shape->values);
    PyMem_Free(shape);
}

static void
forget_all(Shapes *self)
{
    while (self->count > 0)
        free_shape(self->shapes[--self->count]);
    self->likely = 0;
}

static void
deallocate(Shapes *self)
{
    forget_all(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static int
take_field(Shape *shape, PyObject *given, Py_ssize_t slots)
{
    Field *field = &shape->fields[shape->count];
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
    shape->count++;
    return 0;
}

/* See that the fields that reports copy are numbered: of each number from 0 on there is one. */
static int
check_copied(Shape *shape)
{
    char there[FIELDS] = {0};
    for (Py_ssize_t i = 0; i < shape->count; i++)
        shape->copied_count += shape->fields[i].copied >= 0;
    for (Py_ssize_t i = 0; i < shape->count; i++) {
        Py_ssize_t place = shape->fields[i].copied;
        if (place >= shape->copied_count || (place >= 0 && there[place])) {
            PyErr_SetString(PyExc_ValueError, "copied fields are numbered");
            return -1;
        }
        if (place >= 0)
            there[place] = 1;
    }
    return 0;
}

static int
take_fields(Shape *shape, PyObject *fields, PyObject *defaults)
{
    Py_ssize_t slots = PyTuple_GET_SIZE(defaults);
    if (slots == 0 || !PyBytes_CheckExact(PyTuple_GET_ITEM(defaults, slots - 1))) {
        PyErr_SetString(PyExc_ValueError, "the last of the defaults is a body");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(fields); i++)
        if (take_field(shape, PyList_GET_ITEM(fields, i), slots) < 0)
            return -1;
    shape->defaults = Py_NewRef(defaults);
    return check_copied(shape);
}

/* learn(fields, defaults): fields are tuples of tag with =, kind, slot, place among copied ones, and
 * what the kind needs besides. */
static PyObject *
learn(Shapes *self, PyObject *arguments)
{
    PyObject *fields, *defaults;
    Shape *shape;
    if (!PyArg_ParseTuple(arguments, "O!O!", &PyList_Type, &fields, &PyTuple_Type, &defaults))
        return NULL;
    if (PyList_GET_SIZE(fields) > FIELDS)
        Py_RETURN_NONE;
    shape = PyMem_Calloc(1, sizeof(Shape));
    if (shape == NULL)
        return PyErr_NoMemory();
    if (take_fields(shape, fields, defaults) < 0) {
        free_shape(shape);
        return NULL;
    }
    if (self->count == SHAPES)
        forget_all(self);
    self->shapes[self->count++] = shape;
    Py_RETURN_NONE;
}

static Py_ssize_t
shape_count(Shapes *self)
{
    return self->count;
}

static PyObject *
make(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    if (!PyArg_ParseTuple(arguments, ""))
        return NULL;
    return type->tp_alloc(type, 0);
}

/* is_answer(raw): whether a message is an ExecutionReport or OrderCancelReject, in the order in which
 * exsim writes the fields of its header. */
static PyObject *
is_answer(PyObject *module, PyObject *raw)
{
    const char *at, *end;
    if (!PyBytes_CheckExact(raw)) {
        PyErr_SetString(PyExc_TypeError, "a message is bytes");
        return NULL;
    }
    at = PyBytes_AS_STRING(raw);
    end = at + PyBytes_GET_SIZE(raw);
    for (int field = 0; field < 2; field++) {
        at = memchr(at, 1, end - at);
        if (at == NULL)
            Py_RETURN_FALSE;
        at++;
    }
    return PyBool_FromLong(end - at >= 8 && memcmp(at, "35=", 3) == 0 && (at[3] == '8' || at[3] == '9')
                           && memcmp(at + 4, "\00134=", 4) == 0);
}

static PyMethodDef shapes_methods[] = {
    {"learn", (PyCFunction)learn, METH_VARARGS, "Know messages with these fields."},
    {"read", (PyCFunction)read_message, METH_O, "What a request is made of; None: of no shape."},
    {NULL, NULL, 0, NULL},
};

static PySequenceMethods shapes_sequence = {
    .sq_length = (lenfunc)shape_count,
};

static PyTypeObject shapes_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "exsim.protocols._fix_recall.Shapes",
    .tp_doc = "Reads messages with the tags of others.",
    .tp_basicsize = sizeof(Shapes),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = make,
    .tp_dealloc = (destructor)deallocate,
    .tp_methods = shapes_methods,
    .tp_as_sequence = &shapes_sequence,
};

static PyMethodDef methods[] = {
    {"is_answer", is_answer, METH_O, "Whether a message tells what became of a request."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_fix_recall", "The hot part of exsim.protocols.fix_recall.", -1, methods,
};

PyMODINIT_FUNC
PyInit__fix_recall(void)
{
    PyObject *made;
    if (PyType_Ready(&shapes_type) < 0 || (made = PyModule_Create(&module)) == NULL)
        return NULL;
    if (PyModule_AddObjectRef(made, "Shapes", (PyObject *)&shapes_type) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}
