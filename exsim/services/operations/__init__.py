"""What the operations of the REST table do, one module a resource."""
