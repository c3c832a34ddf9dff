"""What a file can hold besides leads, row by row: companies, activities, the past of leads."""
