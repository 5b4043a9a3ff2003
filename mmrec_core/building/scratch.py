"""Files that stages hand on to later ones and no bundle keeps, by their path in a workspace."""

FOLDER = ".scratch"

LISTED = f"{FOLDER}/listed.parquet"
JUDGED = f"{FOLDER}/judged.parquet"
IMAGE_FILES = f"{FOLDER}/image-files.json"
ENCODERS = f"{FOLDER}/encoders.json"
DECODED = f"{FOLDER}/decoded.parquet"
LONG_NEIGHBOURS = f"{FOLDER}/neighbours-long.npy"
FURTHER_TEXT = f"{FOLDER}/further-text.npy"
CANDIDATES = f"{FOLDER}/candidates.json"
