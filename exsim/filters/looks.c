/* The hot parts of exsim.filters in C: is_plain() of plain.py, and sift(), which looks at the entries
 * of a journal as Sieve of sieve.py does, by the plans that the looks of looks.py make of themselves.
 */
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
#define OUT 2     /* kinds of entries */
#define BOT 9

enum { NO, PERHAPS, YES };
enum { OTHER, ONE_OF, OF_TYPE, HOLDING, NUMBER_IN, TEXT_IN, SESSION, DIRECTION, ALL, EITHER, NOT };

static Attribute of_kind, of_origin, of_session, of_data;

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

/* (OF_TYPE, fields, types): it stands behind the version, or that and the length; else as ONE_OF. */
static int
of_type(Message *message, PyObject *plan)
{
    PyObject *types = part_of(plan, 2, &PyTuple_Type);
    const char *at, *end, *type;
    Py_ssize_t size;
    int said;
    if (types == NULL || fetch(message) < 0)
        return -1;
    at = PyBytes_AS_STRING(message->data);
    end = at + PyBytes_GET_SIZE(message->data);
    if (value_at(&at, end, "8=", &size) != NULL) {
        value_at(&at, end, "9=", &size);
        type = value_at(&at, end, "35=", &size);
        for (Py_ssize_t i = 0; type != NULL && i < PyTuple_GET_SIZE(types); i++) {
            PyObject *one = part_of(types, i, &PyBytes_Type);
            if (one == NULL)
                return -1;
            if (is_same(type, size, one))
                return YES;
        }
        if (type != NULL)
            return NO;
    }
    said = one_of(message, plan);
    return said == YES ? PERHAPS : said;
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

/* (TEXT_IN, start, parts): a value has one of these in it, which are in small letters. */
static int
text_fits(Message *message, PyObject *plan, const char *value, Py_ssize_t size)
{
    PyObject *parts = part_of(plan, 2, &PyTuple_Type);
    if (parts == NULL)
        return -1;
    for (Py_ssize_t i = 0; i < size; i++) {
        if (value[i] & 0x80)
            return PERHAPS;
        message->lower[i] = value[i] >= 'A' && value[i] <= 'Z' ? value[i] | 0x20 : value[i];
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(parts); i++) {
        PyObject *part = part_of(parts, i, &PyBytes_Type);
        if (part == NULL)
            return -1;
        if (has(message->lower, size, part))
            return YES;
    }
    return NO;
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

/* (SESSION, names) */
static int
of_a_session(Message *message, PyObject *plan)
{
    PyObject *names = part_of(plan, 1, &PyTuple_Type), *session;
    int found = 0;
    if (names == NULL || (session = value_of(message->entry, &of_session)) == NULL)
        return -1;
    for (Py_ssize_t i = 0; found == 0 && i < PyTuple_GET_SIZE(names); i++)
        found = PyObject_RichCompareBool(session, PyTuple_GET_ITEM(names, i), Py_EQ);
    Py_DECREF(session);
    return found < 0 ? -1 : found ? YES : NO;
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
    PyObject *session, *found = NULL;
    long said = -1;
    if (!PyTuple_CheckExact(plan) || PyTuple_GET_SIZE(plan) != 2) {
        PyErr_SetString(PyExc_TypeError, "no plan of a look");
        return -1;
    }
    if (take_apart(message) < 0 || (session = value_of(message->entry, &of_session)) == NULL)
        return -1;
    found = PyObject_CallMethod(PyTuple_GET_ITEM(plan, 1), "look", "y#Os", message->whole,
                                message->end - message->whole, session,
                                message->out ? "out" : "in");
    Py_DECREF(session);
    if (found != NULL)
        said = PyLong_AsLong(found);
    Py_XDECREF(found);
    if (said < NO || said > YES) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "a look told neither no, perhaps nor yes");
        return -1;
    }
    return (int)said;
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
    case OF_TYPE:
        return of_type(message, plan);
    case HOLDING:
        return holding(message, plan);
    case NUMBER_IN:
        return value_in(message, plan, number_fits);
    case TEXT_IN:
        return value_in(message, plan, text_fits);
    case SESSION:
        return of_a_session(message, plan);
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
    if (!of_kind.name || !of_origin.name || !of_session.name || !of_data.name)
        return NULL;
    return PyModule_Create(&definition);
}
