"""One address for all venues: whoever logs on is taken to where the venue is that is meant."""
