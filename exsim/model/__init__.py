"""The words of exsim: values that every layer speaks in, and that depend on nothing."""
