"""How much one import may hold, and how it is cut into pieces. All numbers in one place."""

from datetime import timedelta

UPLOAD_BYTES = 200 * 2**20
TEXT_BYTES = 1 * 2**30  # unpacked: a small .gz must not fill the disk
WORKBOOK_BYTES = 50 * 2**20
WORKBOOK_MEMORY = 768 * 2**20  # of the process that reads it: it may be a zip bomb
WORKBOOK_SECONDS = 60
ROWS = 2_000_000
COLUMNS = 5_000
LINE_CHARACTERS = 10_000_000
CELL_CHARACTERS = 131_072
TEXT_VALUE = 5_000  # characters of a custom attribute

SURVEY_ROWS = 10_000  # what the guesses look at
SURVEY_CHARACTERS = 4_000_000
SAMPLE_BYTES = 2**18  # what encoding and delimiter are guessed from
TITLE_ROWS = 30  # at most so many stand above the row of column names,
FOOTER_ROWS = 30  # and below the last row of data
MEANINGS = 500  # cells of one column that a mapping gives another meaning
VALUES = 12  # a column with at most so many different values shows them all

CHUNK = 2_000  # rows, or people, in one transaction
KEPT = timedelta(days=30)  # how long an import can be rolled back, and its file is kept
ROWS_KEPT = timedelta(days=7)  # how long a cancelled or failed import can go on
STALE = timedelta(seconds=60)  # a running job without a sign of life for so long was killed

COLUMNS_ON_PAGE = 50
REJECTED_ON_PAGE = 50
KEPT_ON_PAGE = 50
SAMPLES = 20  # of each outcome of a dry run
JOBS_ON_PAGE = 50
