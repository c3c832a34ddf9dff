"""Nobody twice: likely duplicates are searched, listed, merged and, within 30 days, unmerged."""
