"""The tests of exsim: ``test_*.py`` are quick and open no socket; ``live/`` uses real ones."""
