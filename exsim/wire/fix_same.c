/* same(): whether wrap() would make a message of its parts, without making it.
 *
 * Reports of one form come over and over, and most of one is as in the last. So the body of the last
 * message of a form is kept, with the pieces that it is made of: parts, what fills the gaps of the
 * form, then parts again. Of the next one, the pieces that are others are written over those, and
 * then all of it is compared at once.
 */
#include "fix_text.h"

#define KNOWN 64     /* forms whose last message is kept */
#define PIECES 96    /* of a message that is kept; one of more is made anew */
#define ROOM 1500    /* bytes of its body, likewise */

typedef struct {
    PyObject *value;       /* NULL: nothing is there yet */
    Py_ssize_t before;     /* bytes of the form between the last piece and this one */
    Py_ssize_t size;       /* bytes in the body; of a gap, with the rest of its field */
    const char *field;     /* of a gap: where its field begins in the form; NULL: it is a part */
    Py_ssize_t field_size; /* from there to the gap */
} Piece;

typedef struct {
    PyObject *form;
    Py_ssize_t leading, gaps, trailing;  /* pieces */
    Py_ssize_t size;
    Piece pieces[PIECES];
    char text[ROOM];                     /* the body */
} Known;
static Known known_messages[KNOWN];

/* Have the message in which no piece is there yet; 0 where it has no room. */
static int
begin_message(Known *known, PyObject *form, const Layout *layout, Py_ssize_t leading,
              Py_ssize_t trailing)
{
    const char *start = PyBytes_AS_STRING(form);
    Py_ssize_t count = known->leading + known->gaps + known->trailing, size = 0, done = 0;

    for (Py_ssize_t i = 0; i < count; i++)
        Py_CLEAR(known->pieces[i].value);
    Py_CLEAR(known->form);
    known->leading = known->gaps = known->trailing = 0;
    count = leading + layout->gaps + trailing;
    if (count > PIECES || PyBytes_GET_SIZE(form) > ROOM)
        return 0;
    memset(known->pieces, 0, count * sizeof(Piece));
    for (Py_ssize_t i = 0; i < layout->gaps; i++) {
        Piece *piece = &known->pieces[leading + i];
        piece->field = start + layout->fields[i].tag;
        piece->field_size = layout->fields[i].gap - layout->fields[i].tag;
        piece->before = layout->fields[i].tag - done;
        memcpy(known->text + size, start + done, piece->before);
        size += piece->before;
        done = layout->fields[i].gap + 2;
    }
    if (trailing)
        known->pieces[count - trailing].before = PyBytes_GET_SIZE(form) - done;
    memcpy(known->text + size, start + done, PyBytes_GET_SIZE(form) - done);
    known->size = size + PyBytes_GET_SIZE(form) - done;
    known->form = Py_NewRef(form);
    known->leading = leading;
    known->gaps = layout->gaps;
    known->trailing = trailing;
    return 1;
}

/* Whether two objects are the same whole number. */
static inline int
same_number(PyObject *one, PyObject *other)
{
    const PyLongObject *a = (PyLongObject *)one, *b = (PyLongObject *)other;
    if (one == NULL || !PyLong_CheckExact(one) || !PyLong_CheckExact(other))
        return 0;
#if PY_VERSION_HEX < 0x030C0000
    const digit *mine = a->ob_digit, *theirs = b->ob_digit;
    Py_ssize_t size = Py_ABS(Py_SIZE(a));
    if (Py_SIZE(a) != Py_SIZE(b))
        return 0;
#else
    const digit *mine = a->long_value.ob_digit, *theirs = b->long_value.ob_digit;
    Py_ssize_t size = a->long_value.lv_tag >> 3;
    if (a->long_value.lv_tag != b->long_value.lv_tag)
        return 0;
#endif
    while (size-- > 0)
        if (mine[size] != theirs[size])
            return 0;
    return 1;
}

/* Have a piece, which begins at an offset, of this value; 0, perhaps with an exception set, where that
 * is none, or has no room. */
static int
write_piece(Known *known, Piece *piece, Py_ssize_t offset, PyObject *value)
{
    char room[LONGEST_AMOUNT], *at = known->text + offset;
    const char *text;
    Py_ssize_t size, whole, more;

    if (PyTuple_CheckExact(value) || PyList_CheckExact(value))
        return 0;  /* more than one piece */
    text = piece->field ? value_text(value, room, &size) : part_text(value, room, &size);
    if (text == NULL)
        return 0;
    whole = piece->field && size ? piece->field_size + size + 1 : size;
    more = whole - piece->size;
    if (more) {
        if (known->size + more > ROOM)
            return 0;
        memmove(at + whole, at + piece->size, known->size - offset - piece->size);
        known->size += more;
    }
    if (piece->field && size) {
        if (!piece->size)
            memcpy(at, piece->field, piece->field_size);
        at[whole - 1] = 1;
        at += piece->field_size;
    }
    memcpy(at, text, size);
    piece->size = whole;
    Py_XSETREF(piece->value, Py_NewRef(value));
    return 1;
}

/* Have pieces of these values; where in the text they end, or else -1. */
static inline Py_ssize_t
write_pieces(Known *known, Piece *piece, Py_ssize_t end, PyObject *const *values, Py_ssize_t count)
{
    for (const Piece *behind = piece + count; piece < behind; piece++, values++) {
        end += piece->before;
        if (piece->value != *values && !same_number(piece->value, *values)
            && !write_piece(known, piece, end, *values))
            return -1;
        end += piece->size;
    }
    return end;
}

/* Have the message of these parts, of which the last is a form, or a tuple that begins with one; 0
 * where that cannot be, perhaps with an exception set. */
static int
know(Known *known, PyObject *const *parts, PyObject *list)
{
    PyObject *last = parts[known->leading];
    Piece *piece = known->pieces;
    Py_ssize_t end = write_pieces(known, piece, 0, parts, known->leading);

    piece += known->leading;
    if (end >= 0)
        end = write_pieces(known, piece, end, ((PyListObject *)list)->ob_item + 1, known->gaps);
    piece += known->gaps;
    if (end >= 0 && known->trailing)
        end = write_pieces(known, piece, end, ((PyTupleObject *)last)->ob_item + 1, known->trailing);
    return end >= 0;
}

/* Whether raw is a message of this body. */
static int
is_message(PyObject *raw, PyObject *prefix, const char *body, Py_ssize_t size)
{
    const char *at = PyBytes_AS_STRING(raw);
    Py_ssize_t prefix_size = PyBytes_GET_SIZE(prefix), digits, head;
    char number[24], trailer[TRAILER];

    digits = write_size(number, size);
    head = prefix_size + digits;
    if (PyBytes_GET_SIZE(raw) != head + size + TRAILER
        || memcmp(at, PyBytes_AS_STRING(prefix), prefix_size) != 0
        || memcmp(at + prefix_size, number, digits) != 0 || memcmp(at + head, body, size) != 0)
        return 0;
    write_trailer(trailer, sum_of(at, head + size));
    return memcmp(at + head + size, trailer, TRAILER) == 0;
}

/* Whether raw is what wrap() makes of the other arguments; it is made. */
static PyObject *
is_made(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *made = wrap(module, arguments + 1, count - 1), *result;
    if (made == NULL)
        return NULL;
    result = PyObject_RichCompare(arguments[0], made, Py_EQ);
    Py_DECREF(made);
    return result;
}

PyObject *
same(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyObject *list, *form;
    Py_ssize_t leading = count - 3, trailing = 0;
    const Layout *layout;
    Known *known;

    if (count < 2 || !PyBytes_CheckExact(arguments[0]) || !PyBytes_CheckExact(arguments[1])) {
        PyErr_SetString(PyExc_TypeError, "same() takes bytes, bytes and parts");
        return NULL;
    }
    list = arguments[count - 1];
    if (PyTuple_CheckExact(list) && PyTuple_GET_SIZE(list)) {
        trailing = PyTuple_GET_SIZE(list) - 1;
        list = PyTuple_GET_ITEM(list, 0);
    }
    if (!PyList_CheckExact(list) || !PyList_GET_SIZE(list)
        || !PyBytes_CheckExact(PyList_GET_ITEM(list, 0)))
        return is_made(module, arguments, count);
    form = PyList_GET_ITEM(list, 0);
    layout = layout_of(form);
    if (layout == NULL)
        return NULL;
    if (layout->gaps != PyList_GET_SIZE(list) - 1)
        return is_made(module, arguments, count);
    known = &known_messages[(((uintptr_t)form >> 5) + trailing) % KNOWN];
    if ((known->form != form || known->leading != leading || known->trailing != trailing)
        && !begin_message(known, form, layout, leading, trailing))
        return is_made(module, arguments, count);
    if (!know(known, arguments + 2, list))
        return PyErr_Occurred() ? NULL : is_made(module, arguments, count);
    return PyBool_FromLong(is_message(arguments[0], arguments[1], known->text, known->size));
}
