"""Who works here: people, their teams and the roles that say what each may do."""
