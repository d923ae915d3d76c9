"""Order state: ClOrdID chains, OrdStatus, cum, leaves and average, whoever answers an order."""
