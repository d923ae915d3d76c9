#ifndef EXSIM_MODEL_ATTRIBUTE_H
#define EXSIM_MODEL_ATTRIBUTE_H
#include <Python.h>

/* An attribute of values of a class, such as entries of a journal. Where the class is compiled its getter
 * is called, and not looked for by its name each time: most of the time would go there. */
typedef struct {
    PyObject *name;
    PyTypeObject *type;       /* of the last value; it is held */
    getter get;               /* that of this type, or NULL */
    void *closure;
} Attribute;

static void
learn(Attribute *attribute, PyTypeObject *type)
{
    PyObject *found = PyObject_GetAttr((PyObject *)type, attribute->name);
    Py_INCREF(type);
    Py_XSETREF(attribute->type, type);
    attribute->get = NULL;
    if (found == NULL)
        PyErr_Clear();
    else if (Py_IS_TYPE(found, &PyGetSetDescr_Type)
             && type->tp_getattro == PyObject_GenericGetAttr) {
        attribute->get = ((PyGetSetDescrObject *)found)->d_getset->get;
        attribute->closure = ((PyGetSetDescrObject *)found)->d_getset->closure;
    }
    Py_XDECREF(found);
}

static PyObject *
value_of(PyObject *from, Attribute *attribute)
{
    if (!Py_IS_TYPE(from, attribute->type))
        learn(attribute, Py_TYPE(from));
    if (attribute->get == NULL)
        return PyObject_GetAttr(from, attribute->name);
    return attribute->get(from, attribute->closure);
}

static int
number_of(PyObject *from, Attribute *attribute, long long *number)
{
    PyObject *value = value_of(from, attribute);
    if (value == NULL)
        return -1;
    *number = PyLong_AsLongLong(value);
    Py_DECREF(value);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

#endif
