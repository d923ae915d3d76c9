"""Many runs of scenarios: each with another seed, in process, by clocks that nobody waits for."""
