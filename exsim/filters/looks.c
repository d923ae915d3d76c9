/* The hot parts of exsim.filters in C: is_plain() of plain.py, and sift(), which looks at the entries
 * of a journal as Sieve of sieve.py does, by the plans that the looks of looks.py make of themselves.
 */
#include "byte_looks.h"

#define OUT 2  /* kinds of entries */
#define BOT 9

enum {
    OTHER,
    ONE_OF,
    HOLDING,
    NUMBER_IN,
    TEXT_IN,
    VALUE_SO,
    TYPE_SO,
    PACKET_SO,
    FIELD_SO,
    SESSION_SO,
    ANYWHERE,
    TEXT_SO,
    IN_PACKET,
    SOMEWHERE,
    WITHIN,
    DIRECTION,
    ALL,
    EITHER,
    NOT,
};

static PyObject *
is_plain(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    const char *at, *end;
    Py_ssize_t size;
    if (count != 2 || !PyBytes_Check(arguments[0])) {
        PyErr_SetString(PyExc_TypeError, "is_plain() takes bytes and a number");
        return NULL;
    }
    size = PyLong_AsSsize_t(arguments[1]);
    if (size == -1 && PyErr_Occurred())
        return NULL;
    if (size > PyBytes_GET_SIZE(arguments[0]))
        size = PyBytes_GET_SIZE(arguments[0]);
    at = PyBytes_AS_STRING(arguments[0]);
    end = at + size;
    while (at < end && (at = memchr(at, 1, end - at)) != NULL)
        if (announces(++at, end))
            Py_RETURN_FALSE;
    Py_RETURN_TRUE;
}

/* (SESSION_SO, known, judge): of the name of its session. */
static int
session_so(Message *message, PyObject *plan)
{
    return judged(plan, 1, value_of(message->entry, &of_session));
}

static int
number_at(PyObject *plan, Py_ssize_t index, long long *number)
{
    PyObject *found = part_of(plan, index, &PyLong_Type);
    *number = found == NULL ? -1 : PyLong_AsLongLong(found);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* (WITHIN, timed, cycle, low, high): its number, or time, is from one to another; of times only what is
 * beyond whole cycles counts, where there is one. */
static int
within(Message *message, PyObject *plan)
{
    PyObject *timed = part_of(plan, 1, &PyBool_Type);
    long long cycle, low, high, value;
    if (timed == NULL || number_at(plan, 2, &cycle) < 0 || number_at(plan, 3, &low) < 0
        || number_at(plan, 4, &high) < 0
        || number_of(message->entry, timed == Py_True ? &of_time : &of_seq, &value) < 0)
        return -1;
    if (cycle > 0)
        value = (value % cycle + cycle) % cycle;
    return low <= value && value <= high ? YES : NO;
}

/* (DIRECTION, whether it may have come in, whether it may have gone out) */
static int
of_direction(Message *message, PyObject *plan)
{
    PyObject *fits = part_of(plan, message->out ? 2 : 1, &PyBool_Type);
    return fits == NULL ? -1 : fits == Py_True ? YES : NO;
}

/* (OTHER, look): what is looked at too seldom to be here. */
static int
of_other(Message *message, PyObject *plan)
{
    if (!PyTuple_CheckExact(plan) || PyTuple_GET_SIZE(plan) != 2) {
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
        return -1;
    }
    if (take_apart(message) < 0)
        return -1;
    return verdict_of(PyObject_CallMethod(PyTuple_GET_ITEM(plan, 1), "look", "y#O", message->whole,
                                          message->end - message->whole, message->entry));
}

static int look(Message *message, PyObject *plan);

/* (ALL, the most that it can be, plans) */
static int
all_of(Message *message, PyObject *plan)
{
    PyObject *most = part_of(plan, 1, &PyLong_Type), *plans = part_of(plan, 2, &PyTuple_Type);
    long found;
    if (most == NULL || plans == NULL)
        return -1;
    found = PyLong_AsLong(most);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(plans); i++) {
        int said = look(message, PyTuple_GET_ITEM(plans, i));
        if (said <= NO)
            return said;
        if (said < found)
            found = said;
    }
    return (int)found;
}

/* (EITHER, plans) */
static int
either(Message *message, PyObject *plan)
{
    PyObject *plans = part_of(plan, 1, &PyTuple_Type);
    int found = NO;
    if (plans == NULL)
        return -1;
    for (Py_ssize_t i = 0; found != YES && i < PyTuple_GET_SIZE(plans); i++) {
        int said = look(message, PyTuple_GET_ITEM(plans, i));
        if (said < 0)
            return -1;
        if (said > found)
            found = said;
    }
    return found;
}

/* (NOT, plan) */
static int
opposite(Message *message, PyObject *plan)
{
    PyObject *part = part_of(plan, 1, &PyTuple_Type);
    int said = part == NULL ? -1 : look(message, part);
    return said < 0 ? -1 : YES - said;
}

/* What a plan tells of a message; -1 with an exception. */
static int
look(Message *message, PyObject *plan)
{
    PyObject *kind = part_of(plan, 0, &PyLong_Type);
    switch (kind == NULL ? -1 : PyLong_AsLong(kind)) {
    case OTHER:
        return of_other(message, plan);
    case ONE_OF:
        return one_of(message, plan);
    case HOLDING:
        return holding(message, plan);
    case NUMBER_IN:
        return value_in(message, plan, number_fits);
    case TEXT_IN:
        return value_in(message, plan, text_fits);
    case VALUE_SO:
        return value_in(message, plan, value_fits);
    case TYPE_SO:
        return type_so(message, plan);
    case PACKET_SO:
        return packet_so(message, plan);
    case FIELD_SO:
        return field_so(message, plan);
    case SESSION_SO:
        return session_so(message, plan);
    case ANYWHERE:
        return anywhere(message, plan);
    case TEXT_SO:
        return text_so(message, plan);
    case IN_PACKET:
        return in_packet(message, plan);
    case SOMEWHERE:
        return somewhere(message, plan);
    case WITHIN:
        return within(message, plan);
    case DIRECTION:
        return of_direction(message, plan);
    case ALL:
        return all_of(message, plan);
    case EITHER:
        return either(message, plan);
    case NOT:
        return opposite(message, plan);
    default:
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a plan of an unknown kind");
        return -1;
    }
}

/* Whether an entry may fit: where nothing is known of its origin it may. */
static int
may_fit(PyObject *plans, Message *message)
{
    long long kind;
    PyObject *plan, *origin = value_of(message->entry, &of_origin);
    int said;
    if (origin == NULL)
        return -1;
    plan = PyDict_GetItemWithError(plans, origin);  /* the dict stays as it is, and holds it */
    Py_DECREF(origin);
    if (plan == NULL)
        return PyErr_Occurred() ? -1 : 1;
    if (number_of(message->entry, &of_kind, &kind) < 0)
        return -1;
    if (kind == BOT)
        return 1;
    message->out = kind == OUT;
    message->count = 0;
    said = look(message, plan);
    Py_CLEAR(message->data);
    return said < 0 ? -1 : said != NO;
}

/* sift(plans, entries, begin): the index of the first entry from ``begin`` on that may fit; how many
 * there are where none may. */
static PyObject *
sift(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Message message;
    Py_ssize_t index;
    int found = 0;
    if (count != 3 || !PyDict_Check(arguments[0]) || !PyList_Check(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "sift() takes a dict, a list and an index");
        return NULL;
    }
    index = PyLong_AsSsize_t(arguments[2]);
    if (index == -1 && PyErr_Occurred())
        return NULL;
    if (index < 0) {
        PyErr_SetString(PyExc_ValueError, "there is no entry before the first");
        return NULL;
    }
    memset(&message, 0, sizeof(message));
    for (; index < PyList_GET_SIZE(arguments[1]); index++) {
        message.entry = Py_NewRef(PyList_GET_ITEM(arguments[1], index));
        found = may_fit(arguments[0], &message);
        Py_DECREF(message.entry);
        if (found != 0)
            break;
    }
    PyMem_Free(message.whole);
    PyMem_Free(message.lower);
    PyMem_Free(message.fields);
    if (found == 0)
        index = PyList_GET_SIZE(arguments[1]);
    return found < 0 ? NULL : PyLong_FromSsize_t(index);
}

static PyMethodDef methods[] = {
    {"is_plain", (PyCFunction)(void (*)(void))is_plain, METH_FASTCALL,
     "Whether no field before an end may announce data."},
    {"sift", (PyCFunction)(void (*)(void))sift, METH_FASTCALL, "The next entry that may fit."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_looks", "The hot parts of exsim.filters.", -1, methods,
};

PyMODINIT_FUNC
PyInit__looks(void)
{
    of_kind.name = PyUnicode_InternFromString("kind");
    of_origin.name = PyUnicode_InternFromString("origin");
    of_session.name = PyUnicode_InternFromString("session");
    of_data.name = PyUnicode_InternFromString("data");
    of_seq.name = PyUnicode_InternFromString("seq");
    of_time.name = PyUnicode_InternFromString("time");
    name_of = PyUnicode_InternFromString("of");
    name_judge = PyUnicode_InternFromString("judge");
    if (!of_kind.name || !of_origin.name || !of_session.name || !of_data.name || !of_seq.name
        || !of_time.name || !name_of || !name_judge)
        return NULL;
    return PyModule_Create(&definition);
}
