/* The hot part of exsim.filters.plain in C: a filter asks it about each of many messages. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#define FEWEST 2 /* digits of a tag that may announce data */
#define MANY 4   /* digits of one that may, whichever it is */

static Py_ssize_t
digits_at(const char *at, Py_ssize_t size)
{
    Py_ssize_t count = 0;
    if (size > MANY)
        size = MANY;
    if (size > 0 && *at == '0')
        return 0;
    while (count < size && at[count] >= '0' && at[count] <= '9')
        count++;
    return count;
}

/* 90 93 95 212 340 to 369 445 618 621: as the expression in plain.py has them. */
static int
announces(const char *tag, Py_ssize_t digits)
{
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
    while (at < end && (at = memchr(at, 1, end - at)) != NULL) {
        Py_ssize_t digits = digits_at(++at, end - at);
        if (digits == MANY)
            Py_RETURN_FALSE;
        if (digits >= FEWEST && at + digits < end && at[digits] == '=' && announces(at, digits))
            Py_RETURN_FALSE;
    }
    Py_RETURN_TRUE;
}

static PyMethodDef methods[] = {
    {"is_plain", (PyCFunction)(void (*)(void))is_plain, METH_FASTCALL,
     "Whether no field before an end may announce data."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_plain", "The hot part of exsim.filters.plain.", -1, methods,
};

PyMODINIT_FUNC
PyInit__plain(void)
{
    return PyModule_Create(&definition);
}
