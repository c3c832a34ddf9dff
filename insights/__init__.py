"""What came of it: pages that read everything and write nothing."""
