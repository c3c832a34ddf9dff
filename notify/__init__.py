"""What tells people that something happened: notices inside the program."""
