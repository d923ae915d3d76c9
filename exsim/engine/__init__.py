"""The matching engine: books of resting orders in price-time priority."""
