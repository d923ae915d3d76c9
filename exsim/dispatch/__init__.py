"""The one way through: number a request, run its policies, apply the outcome."""
