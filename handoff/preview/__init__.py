"""Preview: what a draft would change, told over the real history before anybody signs it."""
