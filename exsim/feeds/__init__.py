"""What a venue tells those who do not trade: copies of reports."""
