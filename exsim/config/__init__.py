"""From ini text and ``--set`` to frozen settings; every mistake of a file is told at once."""
