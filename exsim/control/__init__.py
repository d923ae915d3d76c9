"""
REST over a narrow interface.

:mod:`exsim.control.operations` is the one table of operations, :mod:`exsim.control.schemas` the
values that they take and give. Routing, validation, the OpenAPI document, both clients and
``exsim ctl`` come from these two. Only :mod:`exsim.control.resource` knows Klein, which installs
the default reactor as it is imported.
"""
