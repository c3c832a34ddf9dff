"""What a lead is and how it may move: the core that every other app builds on."""
