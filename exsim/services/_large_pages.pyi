"""What :mod:`exsim.services.large_pages` asks of C; not in an install of pure Python."""

def large() -> bool:
    """Have the objects that are made from now on in large pages; False where that is not known."""
