"""What a lead is worth: models of rules, one SQL statement, and a ledger that explains it."""
