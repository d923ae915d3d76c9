"""What exsim reads from outside by itself, for pricing sources: HTTP, web sockets, FIX."""
