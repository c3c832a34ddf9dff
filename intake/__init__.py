"""How leads arrive: files for now."""
