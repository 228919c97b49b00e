"""The frames of animations: where they are in the file, and how they make pictures."""
